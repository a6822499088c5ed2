// What one environment (the main thread, or a worker) holds of ours: its loop and the calls in
// flight. There is no state outside of it, so environments know nothing of each other.

#ifndef CONNECT_BY_LIST_ADDON_ENVIRONMENT_H_
#define CONNECT_BY_LIST_ADDON_ENVIRONMENT_H_

#include <napi.h>

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "addon/platform_engine.h"
#include "loop/loop_handles.h"
#include "loop/uv_system.h"
#include "race/race_call.h"

namespace connect_by_list {

class Environment {
 public:
  // Makes the environment's state, and sees to it that it goes before the environment does.
  static Environment* create(Napi::Env env);
  static Environment* of(Napi::Env env);

  Loop& loop() { return loop_; }
  void set_platform_calls(std::unique_ptr<PlatformCalls> calls) {
    platform_calls_ = std::move(calls);
  }

  System& system() { return system_; }

  // The listener for all races of this environment; nullptr until setRaceCallbacks() has set it.
  RaceCall::Listener* listener() { return listener_.get(); }
  void set_listener(std::unique_ptr<RaceCall::Listener> listener) {
    listener_ = std::move(listener);
  }

  std::uint32_t next_id() { return ++last_id_; }
  void add(std::uint32_t id, std::unique_ptr<RaceCall> race) {
    races_.emplace(id, std::move(race));
  }
  RaceCall* find(std::uint32_t id);
  // Takes the race out, so that it can be ended while others come and go.
  std::unique_ptr<RaceCall> take(std::uint32_t id);
  // Closes what an ended race has left open, in a later turn of the loop: a thousand deadlines that
  // expire together shall not wait until four thousand sockets are closed.
  void close_later(std::unique_ptr<RaceCall> race);

 private:
  explicit Environment(uv_loop_t* loop)
      : loop_(loop),
        close_ended_(std::make_unique<IdleTask>(loop_, [this] { return close_some(); })) {}

  bool close_some();

  void close(napi_async_cleanup_hook_handle hook);

  Loop loop_;
  UvSystem system_{loop_};
  std::uint32_t last_id_ = 0;
  std::unique_ptr<RaceCall::Listener> listener_;
  std::unordered_map<std::uint32_t, std::unique_ptr<RaceCall>> races_;
  std::vector<std::unique_ptr<RaceCall>> ended_;
  std::unique_ptr<IdleTask> close_ended_;
  std::unique_ptr<PlatformCalls> platform_calls_;
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_ADDON_ENVIRONMENT_H_

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
#include "race/race_call.h"

namespace connect_by_list {

// The JavaScript functions that hear of the races that go on, each with the race's id: of its end,
// of its need for more pairs and, where somebody listens, of its attempts. One of each for all
// races: a reference to a function costs more than a race.
struct RaceListener {
  Napi::FunctionReference finished;
  Napi::FunctionReference more;
  Napi::FunctionReference changed;
};

class Environment {
 public:
  // Makes the environment's state, and sees to it that it goes before the environment does.
  static Environment* create(Napi::Env env);
  static Environment* of(Napi::Env env);

  Loop& loop() { return loop_; }
  void set_platform_calls(std::unique_ptr<PlatformCalls> calls) {
    platform_calls_ = std::move(calls);
  }

  RaceListener& listener() { return listener_; }

  std::uint32_t next_id() { return ++last_id_; }
  void add(std::uint32_t id, std::unique_ptr<RaceCall> race) {
    races_.emplace(id, std::move(race));
  }
  RaceCall* find(std::uint32_t id);
  // Takes the race out, so that it can be ended while others come and go.
  std::unique_ptr<RaceCall> take(std::uint32_t id);
  // Closes what an ended race has left open, in a later turn of the loop: a thousand deadlines that
  // strike together shall not wait until four thousand sockets are closed.
  void close_later(std::unique_ptr<RaceCall> race);

 private:
  explicit Environment(uv_loop_t* loop)
      : loop_(loop),
        close_ended_(std::make_unique<LaterWork>(loop_, [this] { return close_some(); })) {}

  bool close_some();

  void close(napi_async_cleanup_hook_handle hook);

  Loop loop_;
  std::uint32_t last_id_ = 0;
  RaceListener listener_;
  std::unordered_map<std::uint32_t, std::unique_ptr<RaceCall>> races_;
  std::vector<std::unique_ptr<RaceCall>> ended_;
  std::unique_ptr<LaterWork> close_ended_;
  std::unique_ptr<PlatformCalls> platform_calls_;
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_ADDON_ENVIRONMENT_H_

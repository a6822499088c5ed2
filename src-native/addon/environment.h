// What one environment (the main thread, or a worker) holds of ours: its loop and the calls in
// flight. There is no state outside of it, so environments know nothing of each other.

#ifndef CONNECT_BY_LIST_ADDON_ENVIRONMENT_H_
#define CONNECT_BY_LIST_ADDON_ENVIRONMENT_H_

#include <napi.h>

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>

#include "addon/platform_engine.h"
#include "loop/loop_handles.h"
#include "race/race_call.h"

namespace connect_by_list {

// A race, and the JavaScript functions that hear of its end, of its need for more pairs and, where
// somebody listens, of its attempts.
struct PendingRace {
  std::unique_ptr<RaceCall> race;
  Napi::FunctionReference done;
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

  std::uint32_t next_id() { return ++last_id_; }
  void add(std::uint32_t id, PendingRace race) { races_.emplace(id, std::move(race)); }
  PendingRace* find(std::uint32_t id);
  // Takes the race out, so that it can be ended while others come and go.
  PendingRace take(std::uint32_t id);

 private:
  explicit Environment(uv_loop_t* loop) : loop_(loop) {}

  void close(napi_async_cleanup_hook_handle hook);

  Loop loop_;
  std::uint32_t last_id_ = 0;
  std::unordered_map<std::uint32_t, PendingRace> races_;
  std::unique_ptr<PlatformCalls> platform_calls_;
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_ADDON_ENVIRONMENT_H_

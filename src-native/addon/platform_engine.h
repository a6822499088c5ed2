// The engine that only one platform has, implemented in winsock/binding.cc and, as nothing, in
// posix/no_platform_engine.cc.

#ifndef CONNECT_BY_LIST_ADDON_PLATFORM_ENGINE_H_
#define CONNECT_BY_LIST_ADDON_PLATFORM_ENGINE_H_

#include <napi.h>

#include <memory>

#include "loop/loop_handles.h"

namespace connect_by_list {

// What that engine has in flight in one environment.
class PlatformCalls {
 public:
  PlatformCalls() = default;
  PlatformCalls(const PlatformCalls&) = delete;
  PlatformCalls& operator=(const PlatformCalls&) = delete;
  virtual ~PlatformCalls() = default;

  // Called when the environment shuts down: cancels all calls without callbacks. Node runs the loop
  // until they have returned.
  virtual void close() = 0;
};

// Adds the engine's functions to the exports; nothing where the platform has no engine of its own.
std::unique_ptr<PlatformCalls> add_platform_engine(Napi::Env env, Loop& loop, Napi::Object exports);

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_ADDON_PLATFORM_ENGINE_H_

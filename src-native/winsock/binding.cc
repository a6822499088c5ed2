// What JavaScript sees of the winsock engine. Each function gets the environment's WinsockCalls
// through info.Data().

#include <napi.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "addon/lines.h"
#include "addon/platform_engine.h"
#include "addon/values.h"
#include "winsock/connect_by_list.h"
#include "winsock/connect_by_name.h"
#include "winsock/winsock_calls.h"

namespace connect_by_list {

namespace {

WinsockCalls& calls_of(const Napi::CallbackInfo& info) {
  return *static_cast<WinsockCalls*>(info.Data());
}

// No value for "never", which Winsock takes as NULL. The caller never passes 0.
std::optional<timeval> timeval_of(Micros micros) {
  constexpr Micros kMicrosPerSecond = 1'000'000;
  constexpr Micros kMaxSeconds = 0x7fffffff;  // A long of Windows.
  if (micros / kMicrosPerSecond > kMaxSeconds) return std::nullopt;
  return timeval{static_cast<long>(micros / kMicrosPerSecond),
                 static_cast<long>(micros % kMicrosPerSecond)};
}

// Windows' wide characters are JavaScript's.
std::wstring wide(const Napi::Value& text) {
  static_assert(sizeof(wchar_t) == sizeof(char16_t), "UTF-16 on both sides");
  const std::u16string characters = text.As<Napi::String>();
  return {characters.begin(), characters.end()};
}

// hasConnectByList(): boolean
Napi::Value has_connect_by_list(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), find_connect_by_list() != nullptr);
}

// connectByList(endpoints, timeout in ms, mayUsePool: boolean, done): id "address port" a line.
// `done` is called once, later, unless the call is aborted. Returns 0 where Winsock does not export
// the function.
Napi::Value connect_by_list(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const ConnectByListFunction function = find_connect_by_list();
  if (function == nullptr) return Napi::Number::New(env, 0);
  const std::string endpoints = info[0].As<Napi::String>();
  std::vector<Address> remotes;
  Parts lines(endpoints, '\n');
  while (const auto line = lines.next()) {
    Parts fields(*line, ' ');
    const Address remote = next_address(fields);
    // An entry whose zone this host has not cannot be passed; the others can.
    if (remote.family() != AF_UNSPEC) remotes.push_back(remote);
  }
  auto call =
      std::make_shared<ListCall>(function, std::move(remotes), timeval_of(micros_of(info[1])));
  return Napi::Number::New(env,
                           calls_of(info).start(env, std::move(call), info[2].As<Napi::Boolean>(),
                                                info[3].As<Napi::Function>()));
}

// hasConnectByName(): boolean
Napi::Value has_connect_by_name(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), find_connect_by_name() != nullptr);
}

// connectByName(host: string, service: string, timeout in ms, mayUsePool: boolean, done): id `done`
// is called as that of connectByList(). Returns 0 where Winsock does not export the function.
Napi::Value connect_by_name(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const ConnectByNameFunction function = find_connect_by_name();
  if (function == nullptr) return Napi::Number::New(env, 0);
  auto call = std::make_shared<NameCall>(function, wide(info[0]), wide(info[1]),
                                         timeval_of(micros_of(info[2])));
  return Napi::Number::New(env,
                           calls_of(info).start(env, std::move(call), info[3].As<Napi::Boolean>(),
                                                info[4].As<Napi::Function>()));
}

// setRefWinsock(id, isRef): the id is one that connectByList() or connectByName() has returned.
void set_ref_winsock(const Napi::CallbackInfo& info) {
  calls_of(info).set_ref(info[0].As<Napi::Number>().Uint32Value(), info[1].As<Napi::Boolean>());
}

// abortWinsock(id): the same.
void abort_winsock(const Napi::CallbackInfo& info) {
  calls_of(info).abort(info[0].As<Napi::Number>().Uint32Value());
}

// abortAllWinsock(): for the end of the process.
void abort_all_winsock(const Napi::CallbackInfo& info) { calls_of(info).abort_all(); }

}  // namespace

std::unique_ptr<PlatformCalls> add_platform_engine(Napi::Env env, Loop& loop,
                                                   Napi::Object exports) {
  auto calls = std::make_unique<WinsockCalls>(loop);
  const auto add = [&](const char* name, auto function) {
    exports.Set(name, Napi::Function::New(env, function, name, calls.get()));
  };
  add("hasConnectByList", has_connect_by_list);
  add("connectByList", connect_by_list);
  add("hasConnectByName", has_connect_by_name);
  add("connectByName", connect_by_name);
  add("setRefWinsock", set_ref_winsock);
  add("abortWinsock", abort_winsock);
  add("abortAllWinsock", abort_all_winsock);
  return calls;
}

}  // namespace connect_by_list

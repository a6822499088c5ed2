// The calls of Winsock that one environment has in flight. Everything here runs on the
// thread of its event loop.

#ifndef CONNECT_BY_LIST_WINSOCK_WINSOCK_CALLS_H_
#define CONNECT_BY_LIST_WINSOCK_WINSOCK_CALLS_H_

#include <napi.h>

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "addon/platform_engine.h"
#include "winsock/canceller.h"
#include "winsock/winsock_call.h"

namespace connect_by_list {

class ConnectWorker;

class WinsockCalls : public PlatformCalls {
 public:
  explicit WinsockCalls(Loop& loop) : loop_(loop) {}

  // Starts the call, and passes its result to `done`. Returns an id for abort() and set_ref().
  std::uint32_t start(Napi::Env env, std::shared_ptr<WinsockCall> call, bool may_use_pool,
                      Napi::Function done);

  // Cancels the call. `done` is not called; a connection that is made anyway is closed.
  void abort(std::uint32_t id);
  void abort_all();

  // Whether the process stays for the call: see ConnectWorker.
  void set_ref(std::uint32_t id, bool is_ref);

  void close() override { abort_all(); }

 private:
  struct Pending {
    std::shared_ptr<WinsockCall> call;
    Napi::FunctionReference done;
    ConnectWorker* worker;  // Owns itself, and outlives this entry.
  };

  void abort(Pending& pending);
  void report(Napi::Env env, std::uint32_t id, CallResult result);

  Loop& loop_;
  std::uint32_t last_id_ = 0;
  std::unordered_map<std::uint32_t, Pending> pending_;
  Canceller canceller_;
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_WINSOCK_WINSOCK_CALLS_H_

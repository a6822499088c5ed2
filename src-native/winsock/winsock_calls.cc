#include "winsock/winsock_calls.h"

#include <utility>
#include <vector>

#include "addon/values.h"
#include "winsock/connect_worker.h"

namespace connect_by_list {

std::uint32_t WinsockCalls::start(Napi::Env env, std::shared_ptr<WinsockCall> call,
                                  bool may_use_pool, Napi::Function done) {
  const std::uint32_t id = ++last_id_;
  // The worker owns itself, and this outlives it: the environment waits for the loop to be idle.
  auto* worker =
      new ConnectWorker(env, loop_, call, may_use_pool,
                        [this, env, id](CallResult result) { report(env, id, std::move(result)); });
  pending_[id] = {std::move(call), Napi::Persistent(done), worker};
  worker->start();
  return id;
}

void WinsockCalls::abort(std::uint32_t id) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return;
  abort(found->second);
  pending_.erase(found);
}

void WinsockCalls::abort_all() {
  for (auto& [id, pending] : pending_) abort(pending);
  pending_.clear();
}

void WinsockCalls::abort(Pending& pending) {
  // An environment that ends waits for the call to return; an unreferenced handle would not keep
  // its loop running.
  pending.worker->set_ref(true);
  canceller_.cancel(std::move(pending.call));
}

void WinsockCalls::set_ref(std::uint32_t id, bool is_ref) {
  const auto found = pending_.find(id);
  if (found != pending_.end()) found->second.worker->set_ref(is_ref);
}

void WinsockCalls::report(Napi::Env env, std::uint32_t id, CallResult result) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return;  // Aborted: the result closes its socket, if it has one.
  const Pending pending = std::move(found->second);
  pending_.erase(found);
  const bool connected = static_cast<bool>(result.socket);
  call_back(env, pending.done,
            {
                Napi::Number::New(env, static_cast<double>(result.failed)),
                Napi::Number::New(env, result.error),
                socket_value(env, std::move(result.socket)),
                Napi::String::New(env, connected ? result.local.text() : ""),
                Napi::Number::New(env, result.local.port()),
                Napi::String::New(env, connected ? result.remote.text() : ""),
                Napi::Number::New(env, result.remote.port()),
            });
}

}  // namespace connect_by_list

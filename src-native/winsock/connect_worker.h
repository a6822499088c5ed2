// Runs one call of Winsock off the event loop: on a thread of libuv's pool, or on one of its own.

#ifndef CONNECT_BY_LIST_WINSOCK_CONNECT_WORKER_H_
#define CONNECT_BY_LIST_WINSOCK_CONNECT_WORKER_H_

#include <napi.h>

#include <functional>
#include <memory>

#include "loop/loop_handles.h"
#include "winsock/thread_pool_slot.h"
#include "winsock/winsock_call.h"

namespace connect_by_list {

// Owns itself from start() on, and goes after `finished` has been called.
class ConnectWorker : public Napi::AsyncWorker {
 public:
  // Called on the thread of the event loop, with what the call came to.
  using Finished = std::function<void(CallResult)>;

  // Without `may_use_pool` it runs on a thread of its own in any case.
  ConnectWorker(Napi::Env env, Loop& loop, std::shared_ptr<WinsockCall> call, bool may_use_pool,
                Finished finished);
  ~ConnectWorker() override;

  void start();

  // Whether the process stays for a call on a thread of its own; it does to begin with. It always
  // stays for what the pool does.
  void set_ref(bool is_ref);

 private:
  void Execute() override;  // On a thread that may block.
  void OnOK() override;     // On the thread of the event loop.
  void start_own_thread();
  struct OwnThread;

  Loop& loop_;
  std::shared_ptr<WinsockCall> call_;
  Finished finished_;
  CallResult result_;
  ThreadPoolSlot slot_;
  OwnThread* own_ = nullptr;
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_WINSOCK_CONNECT_WORKER_H_

#include "winsock/connect_worker.h"

#include <utility>

namespace connect_by_list {

ConnectWorker::ConnectWorker(Napi::Env env, Loop& loop, std::shared_ptr<WinsockCall> call,
                             bool may_use_pool, Finished finished)
    : Napi::AsyncWorker(env, "connect-by-list"),
      loop_(loop),
      call_(std::move(call)),
      finished_(std::move(finished)),
      slot_(may_use_pool) {
  loop_.opened();
}

ConnectWorker::~ConnectWorker() { loop_.closed(); }

void ConnectWorker::start() {
  if (slot_.taken()) {
    Queue();
  } else {
    start_own_thread();
  }
}

void ConnectWorker::Execute() {
  result_ = call_->run();
  // Here and not in OnOK(): the pool's thread is free now, whenever the event loop finds the time.
  slot_.release();
}

void ConnectWorker::OnOK() { finished_(std::move(result_)); }

// A dedicated thread, and the uv_async_t that reports its completion.
struct ConnectWorker::OwnThread {
  uv_async_t uv;
  Loop& loop;
  ConnectWorker* worker;
  uv_thread_t thread;
  bool started;
};

void ConnectWorker::start_own_thread() {
  auto* own = new OwnThread{{}, loop_, this, {}, false};
  uv_async_init(loop_.get(), &own->uv, [](uv_async_t* uv) {
    auto* done = static_cast<OwnThread*>(uv->data);
    // The thread has nothing left to do but to end.
    if (done->started) uv_thread_join(&done->thread);
    ConnectWorker* worker = done->worker;
    worker->own_ = nullptr;
    close_handle(done);
    worker->OnWorkComplete(worker->Env(), napi_ok);
  });
  own->uv.data = own;
  own_ = own;
  loop_.opened();
  const auto run = [](void* data) {
    auto* running = static_cast<OwnThread*>(data);
    running->worker->Execute();
    uv_async_send(&running->uv);
  };
  own->started = true;  // Before the thread can look at it.
  if (uv_thread_create(&own->thread, run, own) == 0) return;
  own->started = false;
  result_.failed = CallResult::Step::kConnect;
  result_.error = WSAENOBUFS;  // No thread is available, which is reported as lack of memory (C17).
  uv_async_send(&own->uv);
}

void ConnectWorker::set_ref(bool is_ref) {
  if (own_ != nullptr) set_handle_ref(&own_->uv, is_ref);
}

}  // namespace connect_by_list

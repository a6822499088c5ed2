#include "loop/loop_handles.h"

#include <algorithm>
#include <utility>

namespace connect_by_list {

void Loop::closed() {
  --open_;
  if (open_ == 0 && on_all_closed_) std::exchange(on_all_closed_, nullptr)();
}

void Loop::on_all_closed(std::function<void()> callback) {
  if (open_ == 0) return callback();
  on_all_closed_ = std::move(callback);
}

struct WakeTimer::Handle {
  uv_timer_t uv;
  Loop& loop;
  WakeTimer* owner;
};

WakeTimer::~WakeTimer() {
  if (handle_ == nullptr) return;
  handle_->owner = nullptr;
  close_handle(handle_);
}

void WakeTimer::set(std::uint64_t at) {
  if (handle_ == nullptr) {
    handle_ = new Handle{{}, loop_, this};
    uv_timer_init(loop_.get(), &handle_->uv);  // It cannot fail.
    handle_->uv.data = handle_;
    set_handle_ref(&handle_->uv, is_ref_);
    loop_.opened();
  }
  // uv_timer_start() counts from uv_now(), when this iteration of the loop began. Subtracting
  // uv_now() keeps the timer right after JavaScript that ran for long.
  const std::uint64_t now = uv_now(loop_.get());
  uv_timer_start(
      &handle_->uv,
      [](uv_timer_t* uv) {
        WakeTimer* owner = static_cast<Handle*>(uv->data)->owner;
        if (owner == nullptr) return;
        // The callback may destroy the owner, and `wake_` with it, so a copy is called.
        const std::function<void()> wake = owner->wake_;
        wake();
      },
      at - std::min(at, now), 0);
}

void WakeTimer::stop() {
  if (handle_ != nullptr) uv_timer_stop(&handle_->uv);
}

void WakeTimer::set_ref(bool is_ref) {
  is_ref_ = is_ref;
  if (handle_ != nullptr) set_handle_ref(&handle_->uv, is_ref);
}

// While an idle handle is active libuv polls without waiting (libuv docs, uv_idle_t).
struct IdleTask::Handle {
  uv_idle_t uv;
  Loop& loop;
  IdleTask* owner;
};

IdleTask::~IdleTask() {
  if (handle_ == nullptr) return;
  uv_idle_stop(&handle_->uv);
  close_handle(handle_);
}

void IdleTask::begin() {
  if (handle_ == nullptr) {
    handle_ = new Handle{{}, loop_, this};
    uv_idle_init(loop_.get(), &handle_->uv);  // It cannot fail, and neither can its start.
    handle_->uv.data = handle_;
    set_handle_ref(&handle_->uv, false);
    loop_.opened();
  }
  uv_idle_start(&handle_->uv, [](uv_idle_t* uv) {
    if (!static_cast<Handle*>(uv->data)->owner->slice_()) uv_idle_stop(uv);
  });
}

struct WritableWatch::Handle {
  uv_poll_t uv;
  Loop& loop;
  std::function<void()> ready;
};

WritableWatch::~WritableWatch() {
  if (handle_ == nullptr) return;
  uv_poll_stop(&handle_->uv);
  close_handle(handle_);
}

int WritableWatch::start(Loop& loop, NativeSocket socket, std::function<void()> ready) {
  auto* handle = new Handle{{}, loop, std::move(ready)};
  int error = uv_poll_init_socket(loop.get(), &handle->uv, socket);
  if (error != 0) {
    delete handle;  // libuv has not seen it.
    return error;
  }
  handle->uv.data = handle;
  loop.opened();
  handle_ = handle;
  // The status is ignored: libuv reports EBADF for every error of a socket. The callback checks the
  // socket itself.
  return uv_poll_start(&handle->uv, UV_WRITABLE, [](uv_poll_t* uv, int, int) {
    // The callback may end this watch, and destroy `ready`, so a copy is called.
    const std::function<void()> ready_now = static_cast<Handle*>(uv->data)->ready;
    ready_now();
  });
}

void WritableWatch::set_ref(bool is_ref) {
  if (handle_ != nullptr) set_handle_ref(&handle_->uv, is_ref);
}

}  // namespace connect_by_list

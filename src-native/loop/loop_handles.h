// libuv handles with owners. libuv keeps a handle until its close callback has run, some time after
// its owner is gone; so each handle lives on the heap, frees itself there, and is counted, because
// an environment (a worker thread, say) must not go before its last handle.
//
// Everything here runs on the thread of the loop.

#ifndef CONNECT_BY_LIST_LOOP_LOOP_HANDLES_H_
#define CONNECT_BY_LIST_LOOP_LOOP_HANDLES_H_

#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <functional>

#include "core/system_sockets.h"

namespace connect_by_list {

// The loop of one environment, and how much of ours is still open on it: handles, and work on
// threads that will come back to it.
class Loop {
 public:
  explicit Loop(uv_loop_t* loop) : loop_(loop) {}
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop() = default;

  uv_loop_t* get() const { return loop_; }

  void opened() { ++open_; }
  void closed();

  // Calls back once, when nothing is open any more: at once if that is so already.
  void on_all_closed(std::function<void()> callback);

 private:
  uv_loop_t* loop_;
  std::size_t open_ = 0;
  std::function<void()> on_all_closed_;
};

// Whether the loop stays alive for a handle.
template <typename Uv>
void set_handle_ref(Uv* uv, bool is_ref) {
  auto* handle = reinterpret_cast<uv_handle_t*>(uv);
  if (is_ref) {
    uv_ref(handle);
  } else {
    uv_unref(handle);
  }
}

// Closes a handle that is the member `uv` of a structure with a member `loop`, and frees the
// structure when libuv lets go of it.
template <typename Handle>
void close_handle(Handle* handle) {
  uv_close(reinterpret_cast<uv_handle_t*>(&handle->uv), [](uv_handle_t* uv) {
    auto* closed = static_cast<Handle*>(uv->data);
    Loop& loop = closed->loop;
    delete closed;
    loop.closed();
  });
}

// A one-shot timer that calls `wake` at a given time.
class WakeTimer {
 public:
  WakeTimer(Loop& loop, std::function<void()> wake) : loop_(loop), wake_(std::move(wake)) {}
  WakeTimer(const WakeTimer&) = delete;
  WakeTimer& operator=(const WakeTimer&) = delete;
  ~WakeTimer();

  // Milliseconds of uv_now's clock. The handle is made at the first call: most races never wait.
  void set(std::uint64_t at);
  void stop();
  // Whether the loop stays alive for it; it does to begin with.
  void set_ref(bool is_ref);

 private:
  struct Handle;
  Loop& loop_;
  std::function<void()> wake_;
  Handle* handle_ = nullptr;
  bool is_ref_ = true;
};

// Background work in slices, one in each iteration of the loop, after the timers that are due.
// Meanwhile the loop does not block in poll. The work does not keep the loop alive.
class IdleTask {
 public:
  // `slice` says whether there is more to do.
  IdleTask(Loop& loop, std::function<bool()> slice) : loop_(loop), slice_(std::move(slice)) {}
  IdleTask(const IdleTask&) = delete;
  IdleTask& operator=(const IdleTask&) = delete;
  ~IdleTask();

  // Starts the work. Does nothing while it is running.
  void begin();

 private:
  struct Handle;
  Loop& loop_;
  std::function<bool()> slice_;
  Handle* handle_ = nullptr;
};

// Calls `ready` whenever the socket is writable or has an error, until the watch is destroyed. The
// owner reads the socket to find out which.
class WritableWatch {
 public:
  WritableWatch() = default;
  WritableWatch(const WritableWatch&) = delete;
  WritableWatch& operator=(const WritableWatch&) = delete;
  // Ends before the socket is closed or handed on: libuv forgets the descriptor here.
  ~WritableWatch();

  // 0, or libuv's error number.
  int start(Loop& loop, NativeSocket socket, std::function<void()> ready);
  // As for WakeTimer; once it has been started.
  void set_ref(bool is_ref);

 private:
  struct Handle;
  Handle* handle_ = nullptr;
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_LOOP_LOOP_HANDLES_H_

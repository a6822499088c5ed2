// A place in libuv's thread pool. The pool has four threads unless UV_THREADPOOL_SIZE says
// otherwise, and fs and dns need them too: a call that blocks for minutes takes a slot or, when
// ours are taken, a thread of its own. At most half of the pool is ever ours.

#ifndef CONNECT_BY_LIST_WINSOCK_THREAD_POOL_SLOT_H_
#define CONNECT_BY_LIST_WINSOCK_THREAD_POOL_SLOT_H_

namespace connect_by_list {

class ThreadPoolSlot {
 public:
  // Takes a slot if one is wanted and one of ours is free; from any thread.
  explicit ThreadPoolSlot(bool wanted);
  ThreadPoolSlot(const ThreadPoolSlot&) = delete;
  ThreadPoolSlot& operator=(const ThreadPoolSlot&) = delete;
  ~ThreadPoolSlot() { release(); }

  bool taken() const { return taken_; }
  void release();

 private:
  bool taken_ = false;
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_WINSOCK_THREAD_POOL_SLOT_H_

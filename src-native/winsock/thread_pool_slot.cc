#include "winsock/thread_pool_slot.h"

#include <uv.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdlib>

namespace connect_by_list {

namespace {

// The pool is the process's, shared by all environments, so the count of our slots is as well.
std::atomic<int> slots_taken{0};

// As libuv reads it (docs.libuv.org, "Thread pool work scheduling"), once.
int max_slots() {
  static const int slots = [] {
    constexpr int kDefaultSize = 4;
    constexpr int kMaxSize = 1024;
    // libuv's own getenv: that of C is unsafe to MSVC (C4996).
    std::array<char, 16> size{};
    std::size_t length = size.size();
    const bool is_set = uv_os_getenv("UV_THREADPOOL_SIZE", size.data(), &length) == 0;
    return std::clamp(is_set ? std::atoi(size.data()) : kDefaultSize, 1, kMaxSize) / 2;
  }();
  return slots;
}

}  // namespace

ThreadPoolSlot::ThreadPoolSlot(bool wanted) {
  if (!wanted) return;
  taken_ = slots_taken.fetch_add(1) < max_slots();
  if (!taken_) --slots_taken;
}

void ThreadPoolSlot::release() {
  if (taken_) --slots_taken;
  taken_ = false;
}

}  // namespace connect_by_list

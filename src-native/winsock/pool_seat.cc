#include "winsock/pool_seat.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>

namespace connect_by_list {

namespace {

// The pool is the process's, shared by all environments, so the count of our seats is as well.
std::atomic<int> seats_taken{0};

// As libuv reads it (docs.libuv.org, "Thread pool work scheduling"), once.
int seats_of_ours() {
  static const int seats = [] {
    constexpr int kDefaultSize = 4;
    constexpr int kMostSize = 1024;
    const char* size = std::getenv("UV_THREADPOOL_SIZE");
    return std::clamp(size == nullptr ? kDefaultSize : std::atoi(size), 1, kMostSize) / 2;
  }();
  return seats;
}

}  // namespace

PoolSeat::PoolSeat(bool wanted) {
  if (!wanted) return;
  taken_ = seats_taken.fetch_add(1) < seats_of_ours();
  if (!taken_) --seats_taken;
}

void PoolSeat::release() {
  if (taken_) --seats_taken;
  taken_ = false;
}

}  // namespace connect_by_list

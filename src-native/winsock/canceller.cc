#include "winsock/canceller.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace connect_by_list {

namespace {
constexpr std::chrono::milliseconds kBetweenRequests(5);
}  // namespace

void Canceller::cancel(std::shared_ptr<WinsockCall> call) {
  if (!call->cancel()) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    calls_.push_back(std::move(call));
    if (asking_) return;
    asking_ = true;
  }
  join();  // The previous thread, which has set asking_ to false and is about to exit.
  const auto thread = [](void* canceller) { static_cast<Canceller*>(canceller)->run(); };
  has_thread_ = uv_thread_create(&thread_, thread, this) == 0;
  if (has_thread_) return;
  // The thread could not be started. Each call has been cancelled once, and one that goes on ends
  // when Windows gives up.
  const std::lock_guard<std::mutex> lock(mutex_);
  asking_ = false;
}

void Canceller::run() {
  const auto has_returned = [](const std::shared_ptr<WinsockCall>& call) {
    return !call->cancel();
  };
  for (;;) {
    std::this_thread::sleep_for(kBetweenRequests);
    const std::lock_guard<std::mutex> lock(mutex_);
    calls_.erase(std::remove_if(calls_.begin(), calls_.end(), has_returned), calls_.end());
    if (!calls_.empty()) continue;
    asking_ = false;
    return;
  }
}

void Canceller::join() {
  if (has_thread_) uv_thread_join(&thread_);
  has_thread_ = false;
}

}  // namespace connect_by_list

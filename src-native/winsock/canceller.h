// Ends calls of Winsock that nobody waits for any more.

#ifndef CONNECT_BY_LIST_WINSOCK_CANCELLER_H_
#define CONNECT_BY_LIST_WINSOCK_CANCELLER_H_

#include <uv.h>

#include <memory>
#include <mutex>
#include <vector>

#include "winsock/winsock_call.h"

namespace connect_by_list {

// Calls CancelIoEx again and again until a call has returned: one CancelIoEx may cancel only the
// running attempt, and the system goes on with the next address. It does so on a thread of its own,
// because at process.exit() the event loop no longer runs while libuv waits for its pool.
class Canceller {
 public:
  Canceller() = default;
  Canceller(const Canceller&) = delete;
  Canceller& operator=(const Canceller&) = delete;
  // Waits for the thread, which ends when the last of the calls has returned.
  ~Canceller() { join(); }

  // On the thread of the event loop.
  void cancel(std::shared_ptr<WinsockCall> call);

 private:
  void run();
  void join();

  std::mutex mutex_;
  std::vector<std::shared_ptr<WinsockCall>> calls_;  // Under the mutex.
  bool asking_ = false;      // Under the mutex: the thread looks at calls_ again.
  bool has_thread_ = false;  // The event loop's: there is a thread to join.
  uv_thread_t thread_{};
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_WINSOCK_CANCELLER_H_

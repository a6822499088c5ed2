// One call of the race engine: drives the pure state machine (core/race.h) with sockets, uv_poll
// and uv_timer on the loop of the environment that made the call. No thread of its own; everything
// runs on the thread of that loop.

#ifndef CONNECT_BY_LIST_RACE_RACE_CALL_H_
#define CONNECT_BY_LIST_RACE_RACE_CALL_H_

#include <functional>
#include <memory>
#include <vector>

#include "core/address.h"
#include "core/race.h"
#include "core/socket_handle.h"
#include "core/socket_ops.h"
#include "loop/loop_handles.h"

namespace connect_by_list {

class RaceCall {
 public:
  // Called once, from the loop or from abort(), when the race is over. It may destroy the RaceCall.
  using Finished = std::function<void()>;

  RaceCall(Loop& loop, std::vector<Address> remotes, const RaceOptions& options, Finished finished);

  // Starts the race. True when it is over already, because the system has answered at once, as it
  // does on loopback: `finished` is not called then.
  bool begin();

  // Gives up. Everything is closed on return, and `finished` has been called.
  void abort();

  Verdict verdict() const { return race_.verdict(); }
  std::size_t winner() const { return race_.winner().value_or(0); }
  // The connected socket; the caller's from now on.
  SocketHandle take_socket() { return std::move(won_); }
  // When begin() was called, on the clock of the rows below.
  Micros began() const { return began_; }

  struct Row {
    AttemptState state;
    Address local;
    int error;  // libuv's number, 0 for none.
  };
  std::size_t rows() const { return attempts_.size(); }
  Row row(std::size_t attempt) const;

 private:
  struct Attempt {
    SocketHandle socket;
    std::unique_ptr<WritableWatch> watch;
    Address local;
    int error = 0;
  };

  bool pump();
  void pump_and_tell();
  void sleep();
  void start(std::size_t index);
  void look_at(std::size_t index);
  void look_at_all();
  void settle(std::size_t index, ConnectProgress progress);
  void close(Attempt& attempt);

  Loop& loop_;
  std::vector<Address> remotes_;
  Race race_;
  Finished finished_;
  std::vector<Attempt> attempts_;
  WakeTimer timer_;
  SocketHandle won_;
  Micros began_ = 0;
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_RACE_RACE_CALL_H_

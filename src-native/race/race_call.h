// One call of the race engine: drives the pure state machine (core/race.h) with sockets, uv_poll
// and uv_timer on the loop of the environment that made the call. No thread of its own; everything
// runs on the thread of that loop.

#ifndef CONNECT_BY_LIST_RACE_RACE_CALL_H_
#define CONNECT_BY_LIST_RACE_RACE_CALL_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "core/address.h"
#include "core/race.h"
#include "core/socket_handle.h"
#include "core/socket_ops.h"
#include "loop/loop_handles.h"

namespace connect_by_list {

class RaceCall {
 public:
  // A pair of addresses to try. "No address" as the local one leaves the choice to the system.
  struct Pair {
    Address remote;
    Address local;
    Micros patience = 0;  // As in RaceOptions.
  };

  struct Events {
    // Called once, from the loop or from abort(), when the race is over. It may destroy the
    // RaceCall.
    std::function<void()> finished;
    // Called from the loop when it is time for a pair that is not there yet. The answer is offer(),
    // now or later. Needed only where more pairs may come.
    std::function<void()> more;
    // Called from the loop when attempts have started or ended and the race goes on: take_changes()
    // says which. Absent where nobody wants to know. It may end the race, and with it the RaceCall.
    std::function<void()> changed;
  };

  // Who says that an attempt has connected.
  enum class Decision : std::uint8_t {
    kSystem,  // The system, when TCP has connected.
    kCaller,  // The caller: it takes the socket over then, and answers with decide().
  };

  RaceCall(Loop& loop, std::vector<Pair> pairs, RaceOptions options, Decision decision,
           Events events);

  // Starts the race. True when it is over already, because the system has answered at once, as it
  // does on loopback: `finished` is not called then.
  bool begin();

  // More pairs, and whether still more may come. It may end the race, and with it the RaceCall.
  void offer(const std::vector<Pair>& pairs, bool more);

  // Gives up. Everything is closed on return, and `finished` has been called.
  void abort();

  // The caller's word on an attempt whose socket it has taken over: 0, or libuv's error number. It
  // may end the race, and with it the RaceCall.
  void decide(std::size_t attempt, int error);

  // Whether the loop stays alive for the race; it does to begin with.
  void set_ref(bool is_ref);

  // The attempts that have started, ended, or connected for the caller to decide, since this was
  // asked last.
  std::vector<std::size_t> take_changes() { return std::exchange(changes_, {}); }
  // The socket of an attempt that the caller decides on; the caller's from now on.
  SocketHandle take_connected(std::size_t attempt) {
    return std::move(attempts_[attempt].connected);
  }

  // At a deadline what was in flight is still open: it is closed with the RaceCall.
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
    SocketHandle socket;     // While it connects.
    SocketHandle connected;  // From then on, until the caller takes it over to decide.
    std::unique_ptr<WritableWatch> watch;
    Address local;
    int error = 0;
  };

  void wake();
  bool pump();
  void pump_and_tell();
  void wake_soon();
  void sleep();
  void start(std::size_t index);
  void look_at(std::size_t index);
  void look_at_all();
  void settle(std::size_t index, ConnectProgress progress);
  void close(std::size_t index);
  void note_change(std::size_t index);

  Loop& loop_;
  std::vector<Pair> pairs_;
  Race race_;
  Decision decision_;
  Events events_;
  std::vector<Attempt> attempts_;
  std::vector<std::size_t> changes_;
  WakeTimer timer_;
  SocketHandle won_;
  Micros began_ = 0;
  bool wants_more_ = false;
  bool is_ref_ = true;
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_RACE_RACE_CALL_H_

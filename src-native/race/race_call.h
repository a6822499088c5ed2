// One call of the race engine: drives the pure state machine (core/race.h) with the sockets, the
// timer and the clock of a System. No thread of its own; everything runs on the thread of the
// system's loop.

#ifndef CONNECT_BY_LIST_RACE_RACE_CALL_H_
#define CONNECT_BY_LIST_RACE_RACE_CALL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/address.h"
#include "core/race.h"
#include "core/socket_handle.h"
#include "core/socket_ops.h"
#include "race/system.h"

namespace connect_by_list {

class RaceCall {
 public:
  // A pair of addresses to try.
  struct Candidate {
    // "No address" stands for one that cannot be used, because its zone is not on this host.
    Address remote;
    // As for `remote`; without a value the system chooses.
    std::optional<Address> local;
    Micros learned_delay = 0;  // As in RaceOptions.
  };

  // Callbacks of running races, each named by its id. Called from the event loop, or from within
  // abort() or report_handshake(). Each callback may end the race and destroy its RaceCall.
  class Listener {
   public:
    Listener() = default;
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    virtual ~Listener() = default;

    // The race is over. Called once, and nothing is called for the race after it.
    virtual void finished(std::uint32_t id) = 0;
    // The race needs another candidate: call offer(), now or later.
    virtual void candidates_needed(std::uint32_t id) = 0;
    // Attempts have started or ended, and the race goes on: take_events() tells which. Only where
    // the race is watched.
    virtual void changed(std::uint32_t id) = 0;
  };

  // Who decides that an attempt has connected.
  enum class Decision : std::uint8_t {
    kSystem,     // The system, when TCP has connected.
    kHandshake,  // The caller: it takes the socket over then, and answers with report_handshake().
  };

  struct Settings {
    std::uint32_t id = 0;
    Decision decision = Decision::kSystem;
    // Whether the listener hears of changes.
    bool is_watched = false;
  };

  RaceCall(System& system, Listener& listener, std::vector<Candidate> candidates,
           RaceOptions options, Settings settings);

  // Starts the race. True when it is over already, because the system has answered at once, as it
  // does on loopback: the listener is not called then.
  bool begin();

  // More candidates, and what may still follow them.
  void offer(const std::vector<Candidate>& candidates, More more);

  // Gives up. Everything is closed on return, and the listener has been told that the race is over.
  void abort();

  // The caller's answer for an attempt whose socket it has taken over: 0, or an error.
  void report_handshake(std::size_t attempt, int error);

  // Whether the loop stays alive for the race; it does to begin with.
  void set_ref(bool is_ref);

  // The attempts that have started, ended, or connected for the caller to decide, since this was
  // asked last.
  std::vector<std::size_t> take_events() { return std::exchange(changes_, {}); }
  // The socket of an attempt that the caller decides on; the caller's from now on.
  SocketHandle take_connected(std::size_t attempt) {
    return std::move(attempts_[attempt].connected);
  }
  // Whether the destination of an attempt has answered. Then no other source address is of use.
  bool has_answered(std::size_t attempt) const { return race_.attempts()[attempt].answered; }

  // After kDeadline the sockets in flight stay open until the RaceCall is destroyed.
  Verdict verdict() const { return race_.verdict(); }
  std::size_t winner() const { return race_.winner().value_or(0); }
  // The connected socket; the caller's from now on.
  SocketHandle take_socket() { return std::move(won_); }
  // When begin() was called, on the clock of the rows below.
  Micros began() const { return began_; }

  struct Row {
    AttemptState state;
    Address local;
    // When TCP had connected; kNever where it has not.
    Micros connected;
    int error;  // 0 for none.
  };
  std::size_t rows() const { return attempts_.size(); }
  Row row(std::size_t attempt) const;
  // The attempt that ended last; 0 where there is none.
  std::size_t last_to_end() const;

 private:
  struct Attempt {
    std::unique_ptr<System::Socket> socket;  // While it connects.
    SocketHandle connected;  // From then on, until the caller takes it over to decide.
    Address local;
    Micros connected_at = kNever;
    int error = 0;
  };

  System::Timer& timer();
  void wake();
  bool pump();
  void pump_and_tell();
  bool let_loop_deliver(Micros now);
  void wake_soon();
  void sleep();
  void start(std::size_t index);
  ConnectProgress connect(std::size_t index);
  void poll_connect(std::size_t index);
  void poll_connects();
  void handle_progress(std::size_t index, ConnectProgress progress);
  void fail(std::size_t index, int error);
  void close(std::size_t index);
  void note_change(std::size_t index);

  System& system_;
  Listener& listener_;
  Settings settings_;
  std::vector<Candidate> candidates_;
  Race race_;
  std::vector<Attempt> attempts_;
  std::vector<std::size_t> changes_;
  // Made when the race has to wait for the first time: most never do.
  std::unique_ptr<System::Timer> timer_;
  SocketHandle won_;
  Micros began_ = 0;
  bool needs_more_ = false;
  // The addresses of a name have come, and none of them could be started yet.
  bool has_late_candidates_ = false;
  // The timer is set for the next turn of the loop.
  bool wakes_soon_ = false;
  // When a limit has been reached: whether the loop has had a turn since, to deliver what it knew
  // by then.
  enum class Delivery : std::uint8_t { kNotNeeded, kAwaited, kDone };
  Delivery delivery_ = Delivery::kNotNeeded;
  bool is_over_ = false;
  bool is_ref_ = true;
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_RACE_RACE_CALL_H_

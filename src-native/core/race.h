// The race of attempts as a pure state machine: no I/O, no clock, no Node.
//
// The driver reports events (an attempt connected or failed, the caller gave up) and the time, then
// calls next() for the next step. Polling, rather than callbacks, keeps every rule in next(), lets
// the driver pause between two steps, and lets the tests use a simulated clock.
//
// The rules are those of RFC 8305 section 5, and clauses C07, C08, C11 and C14 of WSAConnectByList
// (docs/windows.md lists them): attempts start in the order given; the next one starts when the
// delay has passed, or at once when one has failed; starting an attempt never cancels another; the
// first to connect wins.

#ifndef CONNECT_BY_LIST_CORE_RACE_H_
#define CONNECT_BY_LIST_CORE_RACE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace connect_by_list {

// Points in time and spans of it, in microseconds of a clock that never goes back.
using Micros = std::int64_t;

// A point in time that never comes. As a delay: the next attempt starts only when the previous one
// has failed (C08).
inline constexpr Micros kNever = INT64_MAX;

// The most attempts of one race that are in flight at a time. A silent endpoint holds a descriptor
// until the system gives up on it, for minutes: a long list, which somebody else may have supplied,
// must not take all the descriptors of the process. With the default delay it is 25 seconds of
// nothing but silence until it is reached; then the next one starts when one of them has ended.
inline constexpr std::size_t kMaxInFlight = 256;

// Which further candidates may still be offered. The numbers cross the boundary to JavaScript:
// lib/native/addon.ts has the same list.
enum class More : std::uint8_t {
  kNothing = 0,
  // Other source addresses, for destinations that have not answered. One that has answered is done:
  // from elsewhere it would answer the same, or not at all.
  kSources = 1,
  // Other destinations: names that have no addresses yet, and what is tried last.
  kDestinations = 2,
};

struct RaceOptions {
  // How many endpoints there are to try to begin with.
  std::size_t count = 0;
  // Time between two starts. Without a value it follows RFC 8305 (see kFirstDelay in race.cc).
  std::optional<Micros> attempt_delay;
  // How long one attempt may take.
  Micros attempt_timeout = kNever;
  // How long all of it may take, from begin() on.
  Micros timeout = kNever;
  // What may come by offer().
  More more = More::kNothing;
  // The Connection Attempt Delay after each candidate, as earlier connects have taught it. 0, or no
  // entry, means the default.
  std::vector<Micros> learned_delays = {};
};

// How an attempt ended. The numbers cross the boundary to JavaScript: lib/native/addon.ts has the
// same list.
enum class Outcome : std::uint8_t {
  kRunning = 0,
  kConnected = 1,  // It won.
  kFailed = 2,     // The system said no.
  kTimedOut = 3,   // It took longer than the attempt timeout, or ran when the deadline expired.
  kLost = 4,       // Another attempt won first.
  kAborted = 5,    // The caller gave up.
};

// How the race ended; shared with lib/native/addon.ts as well.
enum class Verdict : std::uint8_t {
  kUndecided = 0,
  kConnected = 1,
  kAllFailed = 2,
  kDeadline = 3,
  kAborted = 4,
};

// Whether a failed attempt was answered by its destination, so that no other source address helps.
enum class Answer : std::uint8_t { kNo, kYes };

struct AttemptState {
  Micros started = 0;
  Micros ended = kNever;
  Outcome outcome = Outcome::kRunning;
  // The destination has accepted or refused.
  bool answered = false;
};

// What the driver has to do next.
struct Step {
  enum class Kind : std::uint8_t {
    kStart,  // Start the attempt; answer with connected() or failed(), now or later.
    kClose,  // End the attempt: it has lost, timed out or been given up.
    // The next start is due but no candidate is left: call offer(), now or later.
    kNeedCandidates,
    kFinish,  // The race is over; verdict() and winner() say how.
  };
  Kind kind;
  std::size_t attempt;
};

class Race {
 public:
  explicit Race(RaceOptions options) : options_(std::move(options)) {}

  // Events. An attempt is identified by its index in the list of candidates.
  void begin(Micros now);
  void connected(std::size_t attempt, Micros now);
  void failed(std::size_t attempt, Answer answer, Micros now);
  // The destination has accepted; whether the attempt has connected is still to be decided. Such
  // progress restarts the delay before the next attempt (draft-ietf-happy-happyeyeballs-v3 section
  // 6.1).
  void answered(std::size_t attempt, Micros now);
  void abort();
  // Appends `count` candidates, and says what may still follow. offer(0, More::kNothing) means that
  // there are no more.
  void offer(std::size_t count, More more, const std::vector<Micros>& learned_delays = {});
  // If the deadline has passed unnoticed while a candidate is due, moves the deadline to `grace`
  // after that candidate's start. Works once for each race.
  void extend_late_deadline(Micros now, Micros grace);

  // The next step at `now`; no value means wait. Call it until it returns no value.
  std::optional<Step> next(Micros now);

  // True when next() would start or end an attempt because of the time alone. The driver then looks
  // at the attempts in flight before it asks: a clock that jumped, because JavaScript blocked the
  // event loop, must not start or end an attempt whose result the system already has.
  bool due(Micros now) const { return now >= wake_at(); }

  // True when the deadline or the limit of an attempt has passed, and next() would act on it.
  bool is_past_limit(Micros now) const;
  // True while more destinations may still be offered.
  bool awaits_destinations() const { return options_.more == More::kDestinations; }

  // When to ask again at the latest, if nothing happens before; kNever for "only when something
  // happens".
  Micros wake_at() const;

  Verdict verdict() const { return verdict_; }
  std::optional<std::size_t> winner() const { return winner_; }
  // The attempts started so far, in the order of the list.
  const std::vector<AttemptState>& attempts() const { return attempts_; }
  // Those of them that have not ended, oldest first.
  const std::vector<std::size_t>& in_flight() const { return in_flight_; }

 private:
  bool decided() const { return verdict_ != Verdict::kUndecided; }
  bool running(std::size_t attempt) const {
    return attempts_[attempt].outcome == Outcome::kRunning;
  }
  bool anything_left() const { return attempts_.size() < options_.count; }
  bool may_start() const { return anything_left() && in_flight_.size() < kMaxInFlight; }
  // Whether anything can follow when all that is known has been started.
  bool more_may_come() const {
    return options_.more == More::kDestinations ||
           (options_.more == More::kSources && answered_ < attempts_.size());
  }
  bool needs_more() const { return !anything_left() && more_may_come() && !asked_for_more_; }
  bool all_failed() const { return !anything_left() && in_flight_.empty() && !more_may_come(); }
  void mark_answered(std::size_t attempt);
  Micros delay_after(std::size_t attempt) const;
  Outcome outcome_of_the_rest() const;
  void end(std::size_t attempt, Outcome outcome, Micros now);
  Step start_next(Micros now);
  Step close_oldest(Outcome outcome, Micros now);

  RaceOptions options_;
  std::vector<AttemptState> attempts_;
  std::vector<std::size_t> in_flight_;
  Micros deadline_ = kNever;
  Micros next_start_ = 0;
  // How often a start came because the delay had passed, and whether an attempt has failed since
  // the last start.
  std::size_t delays_passed_ = 0;
  bool failed_since_start_ = false;
  std::optional<std::size_t> winner_;
  Verdict verdict_ = Verdict::kUndecided;
  bool finished_ = false;
  bool asked_for_more_ = false;
  bool has_granted_turn_ = false;
  Micros granted_turn_ = 0;
  std::size_t answered_ = 0;  // The attempts whose destination has answered.
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_CORE_RACE_H_

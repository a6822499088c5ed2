// A made-up world for the race: endpoints that do what a script says, a clock that moves only when
// it is told to, and a driver that brings the two together the way the real one (race/race_call.cc)
// does.

#ifndef CONNECT_BY_LIST_TEST_NATIVE_SIMULATED_WORLD_H_
#define CONNECT_BY_LIST_TEST_NATIVE_SIMULATED_WORLD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/race.h"

namespace connect_by_list {

constexpr Micros ms(std::int64_t millis) { return millis * 1'000; }

// What an endpoint does with an attempt, counted from the attempt's start.
struct Endpoint {
  enum class Answer : std::uint8_t { kConnects, kFails, kNever };
  Answer answer = Answer::kNever;
  Micros after = 0;
};

constexpr Endpoint connects_after(Micros span) { return {Endpoint::Answer::kConnects, span}; }
constexpr Endpoint fails_after(Micros span) { return {Endpoint::Answer::kFails, span}; }
constexpr Endpoint never_answers() { return {}; }

struct World {
  std::vector<Endpoint> endpoints;
  // `count` is left to the driver, which knows how many endpoints there are.
  RaceOptions options;
  // When the caller gives up, counted from the beginning.
  Micros abort_at = kNever;
  // By how much the driver gets control too late, one time after the other, and round again from
  // the first. None: it is always on time.
  std::vector<Micros> stalls;
};

// Something that crossed the border between the driver and the machine, in either direction.
struct Event {
  enum class Kind : std::uint8_t {
    kStart,      // The machine said so.
    kClose,      // The machine said so.
    kFinish,     // The machine said so.
    kConnected,  // The driver told the machine.
    kFailed,     // The driver told the machine.
    kAbort,      // The driver told the machine.
  };
  Kind kind;
  std::size_t attempt;
  Micros at;
};

// What happened in a world from begin() to the end. Times are counted from the beginning.
struct Story {
  std::vector<Event> events;
  std::vector<AttemptState> attempts;
  std::size_t still_in_flight = 0;
  Verdict verdict = Verdict::kUndecided;
  std::optional<std::size_t> winner;
  // Steps that the machine ordered before the time which wake_at() had named, with nothing new
  // told.
  int early_steps = 0;
  // Times that the driver woke up when wake_at() had said so, and there was nothing to do.
  int idle_wakes = 0;
  // Steps after kFinish.
  int late_steps = 0;
  // The driver lost patience with a machine that never came to an end.
  bool endless = false;

  // All of it as text, times in milliseconds: "0 start 0, 250 start 1, 300 connected 1, 300 close 0
  // as lost, 300 finish as connected".
  std::string text() const;
  // The starts only: "0 start 0, 250 start 1".
  std::string starts() const;
};

class MadeUpClock {
 public:
  explicit MadeUpClock(Micros start) : now_(start) {}
  Micros now() const { return now_; }
  // Forward only: the machine is promised a clock that never goes back.
  void move_to(Micros at) {
    if (at > now_) now_ = at;
  }

 private:
  Micros now_;
};

class RaceDriver {
 public:
  explicit RaceDriver(const World& world);

  // From begin() to the end. Where no event would ever come again, the caller gives up.
  Story run();

 private:
  struct Attempt {
    Micros answers_at = kNever;
    bool open = true;  // Neither the system nor the machine has ended it.
    bool told = false;
  };

  bool has_news(const Attempt& attempt) const;
  Micros next_event() const;
  Micros next_stall();
  void wake();
  // Both say whether anything happened.
  bool pump();
  bool tell_all();
  bool tell(std::size_t attempt);
  void abort();
  void start(std::size_t attempt);
  void close(std::size_t attempt);
  void record(Event::Kind kind, std::size_t attempt);

  const World& world_;
  MadeUpClock clock_;
  const Micros began_;
  Race race_;
  std::vector<Attempt> attempts_;
  std::size_t stalls_ = 0;
  // True while the machine has been told nothing since it last said that there is nothing to do.
  bool drained_ = false;
  bool aborted_ = false;
  bool finished_ = false;
  Story story_;
};

inline Story run(const World& world) { return RaceDriver(world).run(); }

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_TEST_NATIVE_SIMULATED_WORLD_H_

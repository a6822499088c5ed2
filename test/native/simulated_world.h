// A made-up world for a race: endpoints that do what a script says, names that answer when it says,
// and the RaceCall that ships, on a loop whose clock moves only from event to event.

#ifndef CONNECT_BY_LIST_TEST_NATIVE_SIMULATED_WORLD_H_
#define CONNECT_BY_LIST_TEST_NATIVE_SIMULATED_WORLD_H_

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/race.h"
#include "race/race_call.h"
#include "simulated_loop.h"

namespace connect_by_list {

constexpr Micros ms(std::int64_t millis) { return millis * 1'000; }

// What an endpoint does with an attempt, counted from the attempt's start.
struct Endpoint {
  enum class Answer : std::uint8_t { kConnects, kFails, kNever };
  Answer answer = Answer::kNever;
  Micros after = 0;
  int error = ECONNREFUSED;  // Where it fails.
};

constexpr Endpoint connects_after(Micros span) { return {Endpoint::Answer::kConnects, span}; }
constexpr Endpoint fails_after(Micros span, int error = ECONNREFUSED) {
  return {Endpoint::Answer::kFails, span, error};
}
constexpr Endpoint never_answers() { return {}; }

// A name of the list, and the endpoints that it turns out to have: none where its lookup fails.
struct LateName {
  Micros answers_at = kNever;  // Counted from the beginning.
  std::vector<Endpoint> endpoints;
};

struct World {
  // Those that are known at the beginning.
  std::vector<Endpoint> endpoints;
  // Names whose lookups are under way.
  std::vector<LateName> names;
  // What the other source addresses of a destination that has not answered lead to, one after the
  // other: offered when nothing else is left.
  std::vector<Endpoint> other_sources;
  // `count` and `more` are left to the race's caller, which knows what there is.
  RaceOptions options;
  // When the caller gives up, counted from the beginning.
  Micros abort_at = kNever;
  // By how much the race gets control too late, one time after the other, and round again from
  // the first. None: it is always on time.
  std::vector<Micros> stalls;
};

// Something that happened between the race and its system.
struct Event {
  enum class Kind : std::uint8_t {
    kStart,      // The race has begun to connect.
    kClose,      // The race has given up an attempt that had not failed.
    kFinish,     // The race says that it is over.
    kConnected,  // The system has said so.
    kFailed,     // The system has said so.
    kAbort,      // The caller gave up.
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
  // Times that the timer woke the race, and there was nothing to do.
  int idle_wakes = 0;
  // What the listener was told after the end.
  int late_calls = 0;
  // It never came to an end.
  bool endless = false;
  // All endpoints that became known, in the order of the attempts.
  std::vector<Endpoint> known;

  // All of it as text, times in milliseconds: "0 start 0, 250 start 1, 300 connected 1, 300 close 0
  // as lost, 300 finish as connected".
  std::string text() const;
  // The starts only: "0 start 0, 250 start 1".
  std::string starts() const;
};

// From begin() to the end. Where no event would ever come again, the caller gives up.
Story run(const World& world);

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_TEST_NATIVE_SIMULATED_WORLD_H_

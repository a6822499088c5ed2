// Endpoints that come while the race runs: names that are looked up, candidates that are made when
// needed.

#include <doctest/doctest.h>

#include <optional>

#include "core/race.h"

namespace connect_by_list {
namespace {

constexpr Micros ms(Micros millis) { return millis * 1'000; }

using Kind = Step::Kind;

RaceOptions options_with_more(std::size_t count) {
  RaceOptions options;
  options.count = count;
  options.attempt_delay = ms(100);
  options.more = More::kDestinations;
  return options;
}

// What the machine wants done, as one letter, or '-' for a wait.
char next(Race& race, Micros now) {
  const std::optional<Step> step = race.next(now);
  if (!step) return '-';
  switch (step->kind) {
    case Kind::kStart:
      return 'S';
    case Kind::kClose:
      return 'C';
    case Kind::kNeedCandidates:
      return 'M';
    case Kind::kFinish:
      return 'F';
  }
  return '?';
}

TEST_CASE("more is asked for when the next start is due, once, and not before") {
  Race race(options_with_more(1));
  race.begin(0);
  CHECK(next(race, 0) == 'S');
  CHECK(next(race, 0) == '-');
  CHECK(race.wake_at() == ms(100));
  CHECK(next(race, ms(99)) == '-');
  CHECK(next(race, ms(100)) == 'M');
  CHECK(next(race, ms(200)) == '-');
  CHECK(race.wake_at() == kNever);
}

TEST_CASE("what comes late starts at once, and what comes early waits for its turn") {
  Race race(options_with_more(1));
  race.begin(0);
  CHECK(next(race, 0) == 'S');
  race.offer(1, More::kDestinations);
  CHECK(next(race, ms(50)) == '-');
  CHECK(next(race, ms(100)) == 'S');
  CHECK(next(race, ms(200)) == 'M');
  race.offer(1, More::kNothing);
  CHECK(next(race, ms(350)) == 'S');
  CHECK(race.attempts()[2].started == ms(350));
}

TEST_CASE("C07 the race is not given up while more may come, and is when nothing came") {
  Race race(options_with_more(1));
  race.begin(0);
  CHECK(next(race, 0) == 'S');
  race.failed(0, Answer::kYes, ms(1));
  CHECK(next(race, ms(1)) == 'M');
  CHECK(next(race, ms(1)) == '-');
  CHECK(race.verdict() == Verdict::kUndecided);
  race.offer(0, More::kNothing);
  CHECK(next(race, ms(500)) == 'F');
  CHECK(race.verdict() == Verdict::kAllFailed);
}

TEST_CASE("a race may begin with nothing") {
  Race race(options_with_more(0));
  race.begin(0);
  CHECK(next(race, 0) == 'M');
  race.offer(1, More::kNothing);
  CHECK(next(race, ms(7)) == 'S');
  race.connected(0, ms(8));
  CHECK(next(race, ms(8)) == 'F');
  CHECK(race.verdict() == Verdict::kConnected);
}

TEST_CASE("C08 one by one, more is asked for only when the running attempt has failed") {
  RaceOptions options = options_with_more(1);
  options.attempt_delay = kNever;
  Race race(options);
  race.begin(0);
  CHECK(next(race, 0) == 'S');
  CHECK(next(race, ms(60'000)) == '-');
  race.failed(0, Answer::kYes, ms(60'000));
  CHECK(next(race, ms(60'000)) == 'M');
}

TEST_CASE("the deadline expires while more is waited for") {
  RaceOptions options = options_with_more(0);
  options.timeout = ms(10);
  Race race(options);
  race.begin(0);
  CHECK(next(race, 0) == 'M');
  CHECK(race.wake_at() == ms(10));
  CHECK(next(race, ms(10)) == 'F');
  CHECK(race.verdict() == Verdict::kDeadline);
}

TEST_CASE(
    "RFC 8305 section 5: where the network is known, the next start waits as long as that says") {
  RaceOptions options;
  options.count = 3;
  options.learned_delays = {ms(40), 0, ms(40)};
  Race race(options);
  race.begin(0);
  CHECK(next(race, 0) == 'S');
  CHECK(next(race, ms(39)) == '-');
  CHECK(next(race, ms(40)) == 'S');
  // Of the second nothing is known: the default, which has passed once by now.
  CHECK(race.wake_at() == ms(40 + 125));
}

TEST_CASE("RFC 8305 section 5: never below 10 ms, whatever is known") {
  RaceOptions options;
  options.count = 2;
  options.learned_delays = {1, 1};
  Race race(options);
  race.begin(0);
  CHECK(next(race, 0) == 'S');
  CHECK(race.wake_at() == ms(10));
}

TEST_CASE("a delay that was asked for is kept, whatever is known") {
  RaceOptions options;
  options.count = 2;
  options.attempt_delay = ms(500);
  options.learned_delays = {ms(40), ms(40)};
  Race race(options);
  race.begin(0);
  CHECK(next(race, 0) == 'S');
  CHECK(race.wake_at() == ms(500));
}

TEST_CASE("what is offered brings what is known of it") {
  RaceOptions options;
  options.count = 1;
  options.more = More::kDestinations;
  Race race(options);
  race.begin(0);
  CHECK(next(race, 0) == 'S');
  race.offer(2, More::kNothing, {ms(30), 0});
  race.failed(0, Answer::kYes, ms(5));
  CHECK(next(race, ms(5)) == 'S');
  CHECK(race.wake_at() == ms(35));
}

}  // namespace
}  // namespace connect_by_list

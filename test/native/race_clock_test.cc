// The race and the clock: when the driver has to wake up, and what a clock that jumped must not do.

#include <doctest/doctest.h>

#include "core/race.h"
#include "simulated_world.h"

namespace connect_by_list {

TEST_SUITE("a stall: the clock has jumped over several events") {
  TEST_CASE("a connect told before next() wins over the start that is due") {
    World world;
    world.endpoints = {connects_after(ms(100)), connects_after(ms(1))};
    world.stalls = {ms(5'000)};
    CHECK(run(world).text() == "0 start 0, 5100 connected 0, 5100 finish as connected");
  }

  TEST_CASE("a connect told before next() wins over the deadline") {
    World world;
    world.endpoints = {connects_after(ms(100))};
    world.options.timeout = ms(200);
    world.stalls = {ms(5'000)};
    CHECK(run(world).text() == "0 start 0, 5100 connected 0, 5100 finish as connected");
  }

  TEST_CASE("a connect told before next() wins over the attempt timeout") {
    World world;
    world.endpoints = {connects_after(ms(100))};
    world.options.attempt_timeout = ms(200);
    world.stalls = {ms(5'000)};
    CHECK(run(world).text() == "0 start 0, 5100 connected 0, 5100 finish as connected");
  }

  TEST_CASE("several that connected meanwhile: the first to be told wins, the others have lost") {
    World world;
    world.endpoints = {connects_after(ms(300)), connects_after(ms(10))};
    world.options.timeout = ms(1'000);
    world.stalls = {0, ms(5'000)};
    CHECK(run(world).text() ==
          "0 start 0, 250 start 1, 5260 connected 0, 5260 connected 1, 5260 close 1 as lost, "
          "5260 finish as connected");
  }

  TEST_CASE("the delays that were missed are not made up for by a burst of starts") {
    World world;
    world.endpoints = {never_answers(), never_answers(), never_answers(), connects_after(0)};
    world.options.attempt_delay = ms(50);
    world.stalls = {ms(5'000), 0};
    CHECK(run(world).starts() == "0 start 0, 5050 start 1, 5100 start 2, 10150 start 3");
  }

  TEST_CASE("several that failed meanwhile make room for one start") {
    World world;
    world.endpoints = {fails_after(ms(300)), fails_after(ms(10)), connects_after(ms(400)),
                       never_answers()};
    world.options.attempt_delay = ms(250);
    world.stalls = {0, ms(5'000), 0};
    CHECK(run(world).starts() == "0 start 0, 250 start 1, 5260 start 2, 5510 start 3");
  }

  TEST_CASE("all attempts that took too long are ended together") {
    World world;
    world.endpoints = {never_answers(), never_answers()};
    world.options.attempt_delay = ms(10);
    world.options.attempt_timeout = ms(100);
    world.stalls = {0, ms(1'000)};
    CHECK(run(world).text() ==
          "0 start 0, 10 start 1, 1100 close 0 as timed out, 1100 close 1 as timed out, "
          "1100 finish as all failed");
  }
}

TEST_SUITE("wake_at() and due() agree with next()") {
  TEST_CASE("before begin() has been answered the first start is due at once") {
    Race race(RaceOptions{1, std::nullopt, kNever, kNever});
    race.begin(ms(40));
    CHECK(race.wake_at() == ms(40));
    CHECK(race.due(ms(40)));
    CHECK_FALSE(race.due(ms(40) - 1));
  }

  TEST_CASE("one microsecond early there is nothing to do, and at the time there is") {
    RaceOptions options{2, ms(250), kNever, kNever};
    Micros expected = ms(250);
    Step::Kind kind = Step::Kind::kStart;
    SUBCASE("the next start") {}
    SUBCASE("the deadline") {
      options.timeout = expected = ms(100);
      kind = Step::Kind::kClose;
    }
    SUBCASE("the attempt timeout") {
      options.attempt_timeout = expected = ms(200);
      kind = Step::Kind::kClose;
    }
    Race race(options);
    race.begin(0);
    REQUIRE(race.next(0));
    CHECK_FALSE(race.next(0));
    CHECK(race.wake_at() == expected);
    CHECK_FALSE(race.due(expected - 1));
    CHECK_FALSE(race.next(expected - 1));
    CHECK(race.due(expected));
    const auto step = race.next(expected);
    REQUIRE(step);
    CHECK(step->kind == kind);
  }

  TEST_CASE("with nothing left to start, no limit and no answer there is no time to wake at") {
    Race race(RaceOptions{1, std::nullopt, kNever, kNever});
    race.begin(0);
    REQUIRE(race.next(0));
    CHECK(race.wake_at() == kNever);
    CHECK_FALSE(race.due(ms(1'000'000)));
  }

  TEST_CASE("once it is decided, time alone does nothing: next() needs no wait") {
    Race race(RaceOptions{3, ms(10), ms(100), ms(100)});
    race.begin(0);
    REQUIRE(race.next(0));
    race.connected(0, ms(5));
    CHECK(race.wake_at() == kNever);
    CHECK_FALSE(race.due(ms(500)));
  }
}

TEST_SUITE("kNever") {
  TEST_CASE("sums do not overflow, even at the end of time") {
    constexpr Micros kEnd = kNever - 10;
    Race race(RaceOptions{3, kNever - 1, kNever - 1, kNever - 1});
    race.begin(kEnd);
    CHECK(race.wake_at() == kEnd);
    REQUIRE(race.next(kEnd));
    CHECK(race.wake_at() == kNever);
    CHECK_FALSE(race.due(kEnd + 5));
    CHECK_FALSE(race.next(kEnd + 5));
    race.failed(0, Answer::kYes, kEnd + 5);
    CHECK(race.wake_at() == kEnd + 5);
    const auto step = race.next(kEnd + 5);
    REQUIRE(step);
    CHECK(step->attempt == 1);
  }

  TEST_CASE("a span that ends exactly at kNever never ends") {
    Race race(RaceOptions{2, kNever - ms(1), kNever, kNever});
    race.begin(ms(1));
    REQUIRE(race.next(ms(1)));
    CHECK(race.wake_at() == kNever);
    CHECK_FALSE(race.next(kNever - 1));
  }
}

}  // namespace connect_by_list

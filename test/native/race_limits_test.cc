// What ends a race or an attempt from outside: the timeout, the attempt timeout, the caller.

#include <doctest/doctest.h>

#include "core/race.h"
#include "simulated_world.h"

namespace connect_by_list {

TEST_SUITE("the timeout is a hard deadline") {
  TEST_CASE("all that is in flight is closed as timed out, and the race finishes") {
    World world;
    world.endpoints = {never_answers(), never_answers(), never_answers()};
    world.options.timeout = ms(300);
    const Story story = run(world);
    CHECK(story.text() ==
          "0 start 0, 250 start 1, 300 close 0 as timed out, 300 close 1 as timed out, "
          "300 finish as deadline");
    CHECK_FALSE(story.winner);
  }

  TEST_CASE("nothing starts at the deadline, though its time has come") {
    World world;
    world.endpoints = {never_answers(), connects_after(0)};
    world.options.timeout = ms(250);
    CHECK(run(world).text() == "0 start 0, 250 close 0 as timed out, 250 finish as deadline");
  }

  TEST_CASE("nothing starts after the deadline, though one fails there") {
    Race race(RaceOptions{3, ms(10), kNever, ms(100)});
    race.begin(0);
    REQUIRE(race.next(0));
    REQUIRE(race.next(ms(10)));
    race.failed(0, Answer::kYes, ms(100));
    CHECK(race.next(ms(100))->kind == Step::Kind::kClose);
    race.failed(1, Answer::kYes, ms(100));
    CHECK(race.next(ms(100))->kind == Step::Kind::kFinish);
    CHECK(race.verdict() == Verdict::kDeadline);
    CHECK(race.attempts().size() == 2);
  }

  TEST_CASE("one microsecond before the deadline it is still a win") {
    World world;
    world.endpoints = {connects_after(ms(100) - 1)};
    world.options.timeout = ms(100);
    CHECK(run(world).verdict == Verdict::kConnected);
    world.endpoints = {connects_after(ms(100) + 1)};
    CHECK(run(world).verdict == Verdict::kDeadline);
  }

  TEST_CASE("a timeout of 0 is over before anything starts") {
    World world;
    world.endpoints = {connects_after(0)};
    world.options.timeout = 0;
    CHECK(run(world).text() == "0 finish as deadline");
  }

  TEST_CASE("a race in which all have failed has not met the deadline") {
    World world;
    world.endpoints = {fails_after(ms(20))};
    world.options.timeout = ms(100);
    // The news comes with the clock far behind the deadline: it says more than the clock does.
    world.stalls = {ms(500)};
    CHECK(run(world).text() == "0 start 0, 520 failed 0, 520 finish as all failed");
  }
}

TEST_SUITE("the attempt timeout") {
  TEST_CASE("it ends exactly the attempt that took too long, and lets the next one start at once") {
    World world;
    world.endpoints = {never_answers(), connects_after(ms(190)), connects_after(ms(600))};
    world.options.attempt_delay = ms(100);
    world.options.attempt_timeout = ms(150);
    CHECK(run(world).text() ==
          "0 start 0, 100 start 1, 150 close 0 as timed out, 150 start 2, "
          "250 close 1 as timed out, 300 close 2 as timed out, 300 finish as all failed");
  }

  TEST_CASE("it counts from the start of each attempt") {
    World world;
    world.endpoints = {never_answers(), connects_after(ms(199))};
    world.options.attempt_delay = ms(150);
    world.options.attempt_timeout = ms(200);
    CHECK(run(world).text() ==
          "0 start 0, 150 start 1, 200 close 0 as timed out, 349 connected 1, "
          "349 finish as connected");
  }

  TEST_CASE("one that connects before its limit has won, however late the limit of the race") {
    World world;
    world.endpoints = {connects_after(ms(99))};
    world.options.attempt_timeout = ms(100);
    CHECK(run(world).text() == "0 start 0, 99 connected 0, 99 finish as connected");
  }

  TEST_CASE("the deadline of the race comes first when both are due") {
    World world;
    world.endpoints = {never_answers(), connects_after(0)};
    world.options.attempt_delay = kNever;
    world.options.attempt_timeout = ms(100);
    world.options.timeout = ms(100);
    CHECK(run(world).text() == "0 start 0, 100 close 0 as timed out, 100 finish as deadline");
  }

  TEST_CASE("where every attempt takes too long, all have failed") {
    World world;
    world.endpoints = {never_answers(), never_answers()};
    world.options.attempt_delay = kNever;
    world.options.attempt_timeout = ms(40);
    const Story story = run(world);
    CHECK(story.verdict == Verdict::kAllFailed);
    CHECK(story.attempts[1].started == ms(40));
    CHECK(story.attempts[1].ended == ms(80));
  }
}

TEST_SUITE("no more attempts are in flight than a process can bear") {
  TEST_CASE("at the limit the next one starts when one has ended, and not before") {
    RaceOptions options;
    options.count = kMaxInFlight + 2;
    options.attempt_delay = ms(10);
    Race race(options);
    race.begin(0);
    Micros now = 0;
    for (std::size_t i = 0; i < kMaxInFlight; ++i, now += ms(10)) REQUIRE(race.next(now));
    CHECK(race.in_flight().size() == kMaxInFlight);
    CHECK_FALSE(race.next(now + ms(1'000)));
    // Nothing to wake up for: what happens next is that one of them ends.
    CHECK(race.wake_at() == kNever);
    now += ms(2'000);
    race.failed(7, Answer::kYes, now);
    const auto step = race.next(now);
    REQUIRE(step);
    CHECK(step->kind == Step::Kind::kStart);
    CHECK(step->attempt == kMaxInFlight);
    CHECK_FALSE(race.next(now + ms(1'000)));
  }

  TEST_CASE("every endpoint is tried all the same (C07)") {
    World world;
    world.endpoints.assign(3 * kMaxInFlight, never_answers());
    world.endpoints.push_back(connects_after(0));
    world.options.attempt_delay = ms(10);
    world.options.attempt_timeout = ms(10'000);
    const Story story = run(world);
    CHECK(story.verdict == Verdict::kConnected);
    CHECK(story.attempts.size() == world.endpoints.size());
  }
}

TEST_SUITE("the caller gives up") {
  TEST_CASE("all that is in flight is closed as aborted, and nothing starts any more") {
    World world;
    world.endpoints = {never_answers(), never_answers(), connects_after(0)};
    world.abort_at = ms(260);
    CHECK(run(world).text() ==
          "0 start 0, 250 start 1, 260 abort, 260 close 0 as aborted, 260 close 1 as aborted, "
          "260 finish as aborted");
  }

  TEST_CASE("before the first start there is nothing to close") {
    Race race(RaceOptions{2, std::nullopt, kNever, kNever});
    race.begin(0);
    race.abort();
    const auto finish = race.next(0);
    REQUIRE(finish);
    CHECK(finish->kind == Step::Kind::kFinish);
    CHECK(race.verdict() == Verdict::kAborted);
    CHECK(race.attempts().empty());
  }

  TEST_CASE("after a win it is too late") {
    Race race(RaceOptions{1, std::nullopt, kNever, kNever});
    race.begin(0);
    REQUIRE(race.next(0));
    race.connected(0, ms(1));
    race.abort();
    CHECK(race.verdict() == Verdict::kConnected);
    REQUIRE(race.winner());
    CHECK(*race.winner() == 0);
  }

  TEST_CASE("a connect that comes after it is closed like the others") {
    Race race(RaceOptions{1, std::nullopt, kNever, kNever});
    race.begin(0);
    REQUIRE(race.next(0));
    race.abort();
    race.connected(0, ms(1));
    CHECK(race.verdict() == Verdict::kAborted);
    CHECK_FALSE(race.winner());
    CHECK(race.next(ms(1))->kind == Step::Kind::kClose);
    CHECK(race.attempts()[0].outcome == Outcome::kAborted);
  }
}

}  // namespace connect_by_list

// The order of the starts, and who wins. The other race_*_test.cc have the delays, the limits and
// the clock.

#include "core/race.h"

#include <doctest/doctest.h>

#include "simulated_world.h"

namespace connect_by_list {

TEST_SUITE("the race of attempts") {
  TEST_CASE("attempts start in the order given (RFC 8305 section 5)") {
    World world;
    world.endpoints = {never_answers(), never_answers(), never_answers(), connects_after(ms(7))};
    world.options.attempt_delay = ms(50);
    CHECK(run(world).starts() == "0 start 0, 50 start 1, 100 start 2, 150 start 3");
  }

  TEST_CASE("C01: a list of one that answers is connected, at once and without a wait") {
    World world;
    world.endpoints = {connects_after(0)};
    CHECK(run(world).text() == "0 start 0, 0 connected 0, 0 finish as connected");
  }

  TEST_CASE("a list of one that refuses fails when it refuses") {
    World world;
    world.endpoints = {fails_after(ms(3))};
    CHECK(run(world).text() == "0 start 0, 3 failed 0, 3 finish as all failed");
  }

  TEST_CASE("an empty list has failed before anything starts") {
    CHECK(run(World()).text() == "0 finish as all failed");
  }

  TEST_CASE("C07, C14: it fails only when all have failed, after each was tried") {
    World world;
    world.endpoints = {fails_after(ms(400)), fails_after(ms(10)), fails_after(0)};
    CHECK(run(world).text() ==
          "0 start 0, 250 start 1, 260 failed 1, 260 start 2, 260 failed 2, 400 failed 0, "
          "400 finish as all failed");
  }

  TEST_CASE("an attempt is not ended because the next one starts (RFC 8305 section 5)") {
    // Node's own autoSelectFamily would end the first attempt after 250 ms and never connect.
    World world;
    world.endpoints = {connects_after(ms(900)), never_answers(), never_answers()};
    CHECK(run(world).text() ==
          "0 start 0, 250 start 1, 375 start 2, 900 connected 0, 900 close 1 as lost, "
          "900 close 2 as lost, 900 finish as connected");
  }

  TEST_CASE("the first to connect wins, and the others are closed at once as lost") {
    World world;
    world.endpoints = {connects_after(ms(500)), connects_after(ms(30)), never_answers()};
    const Story story = run(world);
    CHECK(story.text() ==
          "0 start 0, 250 start 1, 280 connected 1, 280 close 0 as lost, 280 finish as connected");
    REQUIRE(story.winner);
    CHECK(*story.winner == 1);
    REQUIRE(story.attempts.size() == 2);
    CHECK(story.attempts[0].outcome == Outcome::kLost);
    CHECK(story.attempts[1].outcome == Outcome::kConnected);
    CHECK(story.attempts[1].started == ms(250));
    CHECK(story.attempts[1].ended == ms(280));
  }

  TEST_CASE("one that connects after the winner is lost, though it was connected too") {
    Race race(RaceOptions{2, ms(10), kNever, kNever});
    race.begin(0);
    REQUIRE(race.next(0));
    REQUIRE(race.next(ms(10)));
    race.connected(1, ms(20));
    race.connected(0, ms(20));
    CHECK(race.verdict() == Verdict::kConnected);
    REQUIRE(race.winner());
    CHECK(*race.winner() == 1);
    const auto close = race.next(ms(20));
    REQUIRE(close);
    CHECK(close->kind == Step::Kind::kClose);
    CHECK(close->attempt == 0);
    CHECK(race.attempts()[0].outcome == Outcome::kLost);
  }

  TEST_CASE("one that fails after the decision does not reopen the race") {
    Race race(RaceOptions{3, ms(10), kNever, kNever});
    race.begin(0);
    REQUIRE(race.next(0));
    REQUIRE(race.next(ms(10)));
    race.connected(0, ms(15));
    race.failed(1, Answer::kYes, ms(15));
    const auto finish = race.next(ms(15));
    REQUIRE(finish);
    CHECK(finish->kind == Step::Kind::kFinish);
    CHECK(race.verdict() == Verdict::kConnected);
    CHECK(race.attempts().size() == 2);
  }

  TEST_CASE("what comes after the finish changes nothing") {
    Race race(RaceOptions{1, std::nullopt, kNever, ms(100)});
    race.begin(0);
    REQUIRE(race.next(0));
    CHECK(race.next(ms(100))->kind == Step::Kind::kClose);
    CHECK(race.next(ms(100))->kind == Step::Kind::kFinish);
    race.connected(0, ms(101));
    race.abort();
    CHECK(race.verdict() == Verdict::kDeadline);
    CHECK_FALSE(race.winner());
    CHECK(race.attempts()[0].outcome == Outcome::kTimedOut);
    CHECK_FALSE(race.next(ms(200)));
    CHECK(race.wake_at() == kNever);
  }

  TEST_CASE("a late result of an attempt that has ended already changes nothing") {
    Race race(RaceOptions{2, kNever, ms(50), kNever});
    race.begin(0);
    REQUIRE(race.next(0));
    CHECK(race.next(ms(50))->kind == Step::Kind::kClose);
    CHECK(race.next(ms(50))->kind == Step::Kind::kStart);
    SUBCASE("a success, whose socket is closed by now") {
      race.connected(0, ms(60));
      CHECK(race.verdict() == Verdict::kUndecided);
    }
    SUBCASE("a failure") { race.failed(0, Answer::kYes, ms(60)); }
    CHECK(race.attempts()[0].outcome == Outcome::kTimedOut);
    CHECK(race.attempts()[0].ended == ms(50));
    CHECK(race.in_flight().size() == 1);
    CHECK_FALSE(race.next(ms(60)));
  }
}

}  // namespace connect_by_list

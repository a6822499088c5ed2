// A race that waits for more than its attempts: names without an answer, other source addresses.
// What it waits for never keeps a limit from being kept, and is never forgotten.

#include <doctest/doctest.h>

#include <cerrno>
#include <optional>
#include <string>
#include <vector>

#include "simulated_world.h"

namespace connect_by_list {
namespace {

constexpr Micros kFailsAt = ms(100);
// What the turns of the loop may take in which the race asks, is told, and lets the loop deliver.
constexpr Micros kTurns = ms(4);

Micros end_of(const Story& story) { return story.events.back().at; }

bool is_soon_after(Micros at, Micros due) { return at >= due && at <= due + kTurns; }

// A first attempt that fails at kFailsAt.
World failing_world(bool name_pends) {
  World world;
  world.endpoints = {fails_after(kFailsAt)};
  if (name_pends) world.names = {LateName()};
  return world;
}

// A moment before, at, and after the failure.
constexpr Micros kMoments[] = {ms(60), kFailsAt, ms(140)};

TEST_SUITE("before, at and after the failure of the first attempt, names pending or not") {
  TEST_CASE("the deadline ends the race, unless all has failed by then") {
    for (const Micros moment : kMoments) {
      for (const bool name_pends : {false, true}) {
        CAPTURE(moment);
        CAPTURE(name_pends);
        World world = failing_world(name_pends);
        world.options.timeout = moment;
        const Story story = run(world);
        const bool all_failed = !name_pends && moment >= kFailsAt;
        CHECK(story.verdict == (all_failed ? Verdict::kAllFailed : Verdict::kDeadline));
        CHECK(is_soon_after(end_of(story), all_failed ? kFailsAt : moment));
      }
    }
  }

  TEST_CASE("the attempt timeout ends the attempt, and the deadline comes all the same") {
    for (const Micros moment : kMoments) {
      for (const bool name_pends : {false, true}) {
        CAPTURE(moment);
        CAPTURE(name_pends);
        World world = failing_world(name_pends);
        world.options.attempt_timeout = moment;
        world.options.timeout = ms(500);
        const Story story = run(world);
        const bool timed_out = moment < kFailsAt;
        REQUIRE(story.attempts.size() == 1);
        CHECK(story.attempts[0].outcome == (timed_out ? Outcome::kTimedOut : Outcome::kFailed));
        CHECK(is_soon_after(story.attempts[0].ended, timed_out ? moment : kFailsAt));
        CHECK(story.verdict == (name_pends ? Verdict::kDeadline : Verdict::kAllFailed));
        if (name_pends) CHECK(is_soon_after(end_of(story), ms(500)));
      }
    }
  }

  TEST_CASE("an abort ends the race at once") {
    for (const Micros moment : kMoments) {
      for (const bool name_pends : {false, true}) {
        CAPTURE(moment);
        CAPTURE(name_pends);
        World world = failing_world(name_pends);
        world.abort_at = moment;
        const Story story = run(world);
        const bool all_failed = !name_pends && moment > kFailsAt;
        CHECK(story.verdict == (all_failed ? Verdict::kAllFailed : Verdict::kAborted));
        CHECK(end_of(story) == (all_failed ? kFailsAt : moment));
      }
    }
  }

  TEST_CASE("a late answer is tried as soon as its turn comes") {
    for (const Micros moment : kMoments) {
      for (const bool name_pends : {false, true}) {
        CAPTURE(moment);
        CAPTURE(name_pends);
        World world = failing_world(name_pends);
        world.names.push_back({moment, {connects_after(ms(5))}});
        const Story story = run(world);
        CHECK(story.verdict == Verdict::kConnected);
        REQUIRE(story.attempts.size() == 2);
        CHECK(is_soon_after(story.attempts[1].started, std::max(moment, kFailsAt)));
      }
    }
  }

  TEST_CASE("an answer without an address ends the race when nothing else is left") {
    for (const Micros moment : kMoments) {
      for (const bool name_pends : {false, true}) {
        CAPTURE(moment);
        CAPTURE(name_pends);
        World world = failing_world(name_pends);
        world.names.push_back({moment, {}});
        world.options.timeout = ms(500);
        const Story story = run(world);
        CHECK(story.verdict == (name_pends ? Verdict::kDeadline : Verdict::kAllFailed));
        CHECK(is_soon_after(end_of(story), name_pends ? ms(500) : std::max(moment, kFailsAt)));
      }
    }
  }
}

TEST_SUITE("names that are pending") {
  TEST_CASE("a silent endpoint, and a name that never answers: the deadline is kept") {
    World world;
    world.endpoints = {never_answers()};
    world.names = {LateName()};
    world.options.timeout = ms(500);
    const Story story = run(world);
    CHECK(story.verdict == Verdict::kDeadline);
    CHECK(is_soon_after(end_of(story), ms(500)));
  }

  TEST_CASE("an answer in the very turn in which the race asks for it is not lost") {
    // The race asks at 250 ms, and is told in the next turn, a millisecond later.
    for (Micros at = ms(249); at <= ms(253); at += 100) {
      CAPTURE(at);
      World world;
      world.endpoints = {never_answers()};
      world.names = {{at, {connects_after(ms(1))}}};
      const Story story = run(world);
      CHECK(story.verdict == Verdict::kConnected);
      REQUIRE(story.attempts.size() == 2);
      CHECK(is_soon_after(story.attempts[1].started, std::max(at, ms(250))));
    }
  }

  TEST_CASE("news of a socket in the turn in which the race asks does not keep it from asking") {
    for (Micros at = ms(249); at <= ms(253); at += 100) {
      CAPTURE(at);
      World world;
      world.endpoints = {never_answers(), fails_after(at - ms(10), EHOSTUNREACH)};
      world.options.attempt_delay = ms(10);
      world.other_sources = {connects_after(ms(1))};
      CHECK(run(world).verdict == Verdict::kConnected);
    }
  }

  TEST_CASE("a deadline that is seen late lets the loop deliver the answer that is there") {
    World world;
    world.names = {{ms(20), {connects_after(0)}}};
    world.options.timeout = ms(100);
    world.stalls = {0, ms(300), 0};
    const Story story = run(world);
    CHECK(story.verdict == Verdict::kConnected);
    CHECK(end_of(story) <= ms(320) + kTurns);
  }

  TEST_CASE("one that has no answer by then is not waited for any longer") {
    World world;
    world.names = {{ms(1'000), {connects_after(0)}}};
    world.options.timeout = ms(100);
    world.stalls = {0, ms(300), 0};
    const Story story = run(world);
    CHECK(story.verdict == Verdict::kDeadline);
    CHECK(is_soon_after(end_of(story), ms(400)));
  }
}

TEST_SUITE("C07 other source addresses") {
  TEST_CASE(
      "a destination that has refused is done: nothing else is tried, and nothing waited for") {
    World world;
    world.endpoints = {fails_after(ms(2))};
    world.other_sources = {connects_after(0), connects_after(0)};
    CHECK(run(world).text() == "0 start 0, 2 failed 0, 2 finish as all failed");
  }

  TEST_CASE("no route, no such address and no answer are what another source can mend") {
    for (const int error : {EADDRNOTAVAIL, EHOSTUNREACH, ENETUNREACH, ENETDOWN, ETIMEDOUT}) {
      CAPTURE(error);
      World world;
      world.endpoints = {fails_after(ms(2), error)};
      world.other_sources = {connects_after(ms(1))};
      CHECK(run(world).verdict == Verdict::kConnected);
    }
    for (const int error : {ECONNREFUSED, ECONNRESET, EACCES, EMFILE, EINVAL}) {
      CAPTURE(error);
      World world;
      world.endpoints = {fails_after(ms(2), error)};
      world.other_sources = {connects_after(ms(1))};
      CHECK(run(world).verdict == Verdict::kAllFailed);
    }
  }

  TEST_CASE("a destination that is silent is tried from elsewhere when nothing else is left") {
    World world;
    world.endpoints = {never_answers(), never_answers()};
    world.other_sources = {connects_after(ms(1))};
    const Story story = run(world);
    CHECK(story.winner == 2U);
    CHECK(is_soon_after(story.attempts[2].started, ms(375)));
  }

  TEST_CASE("once it has answered, the sources that were not tried yet are not tried any more") {
    World world;
    world.endpoints = {fails_after(ms(400))};
    world.other_sources = {fails_after(ms(400)), fails_after(ms(400)), never_answers()};
    const Story story = run(world);
    CHECK(story.verdict == Verdict::kAllFailed);
    CHECK(story.attempts.size() < 4);
  }
}

}  // namespace
}  // namespace connect_by_list

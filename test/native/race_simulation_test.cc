// Worlds by the hundred thousand, from a seed: what the properties, which are slower and shrink
// what they find, have not the time for.

#include <doctest/doctest.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "race_rules.h"
#include "simulated_world.h"

namespace connect_by_list {

namespace {

constexpr std::uint64_t kSeed = 8305;
// Under a sanitizer, or valgrind, each takes fifty times as long.
long worlds() {
  const char* const asked = std::getenv("CONNECT_BY_LIST_WORLDS");
  return asked == nullptr ? 1'000'000 : std::strtol(asked, nullptr, 10);
}

// SplitMix64: the same worlds on every platform, which the generators of <random> do not promise.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  // From 0 to `sides` - 1. The tiny bias of the remainder does not matter here.
  std::uint64_t roll(std::uint64_t sides) {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (z ^ (z >> 31)) % sides;
  }

  // Half of the times are multiples of 25 ms: coincidences are where mistakes hide.
  Micros time(std::int64_t most_millis) {
    const auto most = static_cast<std::uint64_t>(most_millis);
    if (roll(2) == 0) return ms(25 * static_cast<Micros>(roll(most / 25 + 1)));
    return static_cast<Micros>(roll(most * 1'000 + 1));
  }

  Micros limit(std::int64_t most_millis) { return roll(2) == 0 ? kNever : time(most_millis); }

 private:
  std::uint64_t state_;
};

void shuffle(std::vector<Endpoint>& endpoints, Dice& dice) {
  for (Endpoint& endpoint : endpoints) {
    constexpr std::uint64_t kAnswers = 3;
    endpoint.answer = static_cast<Endpoint::Answer>(dice.roll(kAnswers));
    endpoint.after = dice.roll(6) == 0 ? 0 : dice.time(600);
    endpoint.error = dice.roll(3) == 0 ? EHOSTUNREACH : ECONNREFUSED;
  }
}

// Into a world that is there already, whose vectors keep their memory.
void shuffle(World& world, Dice& dice) {
  world.endpoints.resize(dice.roll(8));
  shuffle(world.endpoints, dice);
  world.names.resize(dice.roll(3) == 0 ? 1 + dice.roll(3) : 0);
  for (LateName& name : world.names) {
    name.answers_at = dice.limit(800);
    name.endpoints.resize(dice.roll(4));
    shuffle(name.endpoints, dice);
  }
  world.other_sources.resize(dice.roll(4) == 0 ? dice.roll(4) : 0);
  shuffle(world.other_sources, dice);
  world.options.attempt_delay.reset();
  const std::uint64_t delay = dice.roll(5);
  if (delay == 0) world.options.attempt_delay = kNever;
  if (delay > 2) world.options.attempt_delay = ms(10) + dice.time(300);
  world.options.attempt_timeout = dice.limit(500);
  world.options.timeout = dice.limit(1'000);
  world.abort_at = dice.roll(4) == 0 ? dice.time(1'000) : kNever;
  world.stalls.resize(dice.roll(2) == 0 ? 0 : 1 + dice.roll(4));
  for (Micros& stall : world.stalls) stall = dice.roll(2) == 0 ? 0 : dice.time(800);
}

}  // namespace

TEST_CASE("a million worlds keep every rule, and meet every verdict") {
  Dice dice(kSeed);
  World world;
  constexpr std::size_t kVerdicts = 5;
  std::array<int, kVerdicts> verdicts{};
  const long count = worlds();
  for (long i = 0; i < count; ++i) {
    shuffle(world, dice);
    const Story story = run(world);
    ++verdicts[static_cast<std::size_t>(story.verdict)];
    for (const Rule& rule : kRaceRules) {
      // REQUIRE itself is too slow for sixteen million times.
      if (rule.kept(world, story)) continue;
      FAIL("world " << i << " breaks \"" << std::string(rule.promise) << "\": " << story.text());
    }
  }
  // A simulation that never met one of the verdicts would prove nothing about it.
  CHECK(verdicts[static_cast<std::size_t>(Verdict::kUndecided)] == 0);
  CHECK(verdicts[static_cast<std::size_t>(Verdict::kConnected)] > count / 100);
  CHECK(verdicts[static_cast<std::size_t>(Verdict::kAllFailed)] > count / 100);
  CHECK(verdicts[static_cast<std::size_t>(Verdict::kDeadline)] > count / 100);
  CHECK(verdicts[static_cast<std::size_t>(Verdict::kAborted)] > count / 100);
}

}  // namespace connect_by_list

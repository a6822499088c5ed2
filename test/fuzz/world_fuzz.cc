// Any world of endpoints, driven as the engine drives the race: every rule of
// test/native/race_rules.h.

#include <fuzzer/FuzzedDataProvider.h>

#include <cstddef>
#include <cstdint>

#include "check.h"
#include "race_rules.h"
#include "simulated_world.h"

namespace {

using namespace connect_by_list;

constexpr std::size_t kMostEndpoints = 24;
constexpr std::size_t kMostStalls = 6;

Micros span(FuzzedDataProvider& input, std::int64_t most_millis) {
  return input.ConsumeIntegralInRange<Micros>(0, ms(most_millis));
}

Micros limit(FuzzedDataProvider& input, std::int64_t most_millis) {
  return input.ConsumeBool() ? kNever : 1 + span(input, most_millis);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider input(data, size);
  World world;
  world.options.attempt_timeout = limit(input, 1'000);
  world.options.timeout = limit(input, 3'000);
  world.abort_at = input.ConsumeBool() ? kNever : span(input, 2'000);
  switch (input.ConsumeIntegralInRange(0, 3)) {
    case 0:
      world.options.attempt_delay = kNever;
      break;
    case 1:
      world.options.attempt_delay = ms(10) + span(input, 500);
      break;
    default:
      break;
  }
  world.stalls.resize(input.ConsumeIntegralInRange<std::size_t>(0, kMostStalls));
  for (Micros& stall : world.stalls) stall = span(input, 1'000);
  world.endpoints.resize(input.ConsumeIntegralInRange<std::size_t>(0, kMostEndpoints));
  for (Endpoint& endpoint : world.endpoints) {
    endpoint.answer = static_cast<Endpoint::Answer>(input.ConsumeIntegralInRange(0, 2));
    endpoint.after = span(input, 1'000);
  }
  const Story story = run(world);
  for (const Rule& rule : kRaceRules) {
    check(rule.kept(world, story), rule.promise, story.text());
  }
  return 0;
}

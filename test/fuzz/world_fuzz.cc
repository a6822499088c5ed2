// Any world of endpoints and names, and the RaceCall that ships in it: every rule of
// test/native/race_rules.h.

#include <fuzzer/FuzzedDataProvider.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "check.h"
#include "race_rules.h"
#include "simulated_world.h"

namespace {

using namespace connect_by_list;

constexpr std::size_t kMaxEndpoints = 24;
constexpr std::size_t kMaxNames = 4;
constexpr std::size_t kMaxStalls = 6;

Micros span(FuzzedDataProvider& input, std::int64_t most_millis) {
  return input.ConsumeIntegralInRange<Micros>(0, ms(most_millis));
}

Micros limit(FuzzedDataProvider& input, std::int64_t most_millis) {
  return input.ConsumeBool() ? kNever : 1 + span(input, most_millis);
}

std::vector<Endpoint> endpoints(FuzzedDataProvider& input, std::size_t max) {
  std::vector<Endpoint> list(input.ConsumeIntegralInRange<std::size_t>(0, max));
  for (Endpoint& endpoint : list) {
    endpoint.answer = static_cast<Endpoint::Answer>(input.ConsumeIntegralInRange(0, 2));
    endpoint.after = span(input, 1'000);
    endpoint.error = input.ConsumeBool() ? EHOSTUNREACH : ECONNREFUSED;
  }
  return list;
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
  world.stalls.resize(input.ConsumeIntegralInRange<std::size_t>(0, kMaxStalls));
  for (Micros& stall : world.stalls) stall = span(input, 1'000);
  world.endpoints = endpoints(input, kMaxEndpoints);
  world.names.resize(input.ConsumeIntegralInRange<std::size_t>(0, kMaxNames));
  for (LateName& name : world.names) {
    name.answers_at = limit(input, 2'000);
    name.endpoints = endpoints(input, kMaxNames);
  }
  world.other_sources = endpoints(input, kMaxNames);
  const Story story = run(world);
  for (const Rule& rule : kRaceRules) {
    check(rule.kept(world, story), rule.promise, story.text());
  }
  return 0;
}

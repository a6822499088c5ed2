// Any input of the race, in any order that its header allows: news that come too late or twice,
// offers at any moment, times as large as they get. It does not know what ought to happen
// (world_fuzz.cc does); it checks what holds whatever happens.

#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "check.h"
#include "core/race.h"

namespace {

using namespace connect_by_list;

constexpr std::size_t kMaxOffered = 8;
constexpr int kMaxInputs = 200;
constexpr int kMaxSteps = 5'000;

Micros any_time(FuzzedDataProvider& input) {
  return input.ConsumeBool() ? input.ConsumeIntegralInRange<Micros>(0, kNever)
                             : input.ConsumeIntegralInRange<Micros>(0, 2'000'000);
}

std::vector<Micros> any_learned_delays(FuzzedDataProvider& input, std::size_t count) {
  std::vector<Micros> learned_delays;
  if (input.ConsumeBool()) return learned_delays;
  for (std::size_t i = 0; i < count; ++i) learned_delays.push_back(any_time(input));
  return learned_delays;
}

// The driver's side: how many endpoints it has named, and what the machine has said so far.
class Watch {
 public:
  explicit Watch(RaceOptions options) : offered_(options.count), race_(std::move(options)) {}

  Race& race() { return race_; }
  void offered(std::size_t count) { offered_ += count; }

  // Asks until there is nothing to do.
  void pump(Micros now) {
    for (int steps = 0;; ++steps) {
      check(steps < kMaxSteps, "the machine comes to rest");
      const std::optional<Step> step = race_.next(now);
      if (!step) break;
      check(!finished_, "nothing comes after the finish");
      take(*step);
    }
    check(finished_ || race_.wake_at() >= 0, "the time to wake at is a time");
    const auto& in_flight = race_.in_flight();
    check(in_flight.size() <= race_.attempts().size(), "what is in flight has been started");
  }

 private:
  void take(const Step& step) {
    const auto& attempts = race_.attempts();
    switch (step.kind) {
      case Step::Kind::kStart:
        check(step.attempt == started_, "attempts start in their order, each once");
        check(++started_ <= offered_, "only what was offered is started");
        check(attempts.size() == started_, "every start has its row");
        break;
      case Step::Kind::kClose:
        check(step.attempt < started_, "only what was started is closed");
        check(attempts[step.attempt].outcome != Outcome::kRunning, "what is closed has an outcome");
        break;
      case Step::Kind::kNeedCandidates:
        check(started_ == offered_, "more is asked for when nothing is left");
        break;
      case Step::Kind::kFinish:
        finished_ = true;
        check(race_.in_flight().empty(), "at the finish nothing is in flight");
        check(race_.verdict() != Verdict::kUndecided, "and the race is decided");
        check(race_.winner().has_value() == (race_.verdict() == Verdict::kConnected),
              "a winner is there when one has connected");
        break;
    }
  }

  std::size_t offered_;
  std::size_t started_ = 0;
  bool finished_ = false;
  Race race_;
};

More any_more(FuzzedDataProvider& input) {
  return static_cast<More>(input.ConsumeIntegralInRange(0, 2));
}

void feed(Watch& watch, FuzzedDataProvider& input, Micros now) {
  Race& race = watch.race();
  const std::size_t started = race.attempts().size();
  switch (input.ConsumeIntegralInRange(0, 4)) {
    case 0:
      if (started > 0) {
        race.connected(input.ConsumeIntegralInRange<std::size_t>(0, started - 1), now);
      }
      break;
    case 1:
      if (started > 0) {
        const auto attempt = input.ConsumeIntegralInRange<std::size_t>(0, started - 1);
        race.failed(attempt, input.ConsumeBool() ? Answer::kYes : Answer::kNo, now);
      }
      break;
    case 2: {
      const auto count = input.ConsumeIntegralInRange<std::size_t>(0, kMaxOffered);
      const More more = any_more(input);
      watch.offered(count);
      race.offer(count, more, any_learned_delays(input, count));
      break;
    }
    case 3:
      race.abort();
      break;
    default:
      break;  // Time passes.
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider input(data, size);
  RaceOptions options;
  options.count = input.ConsumeIntegralInRange<std::size_t>(0, kMaxOffered);
  options.more = any_more(input);
  if (input.ConsumeBool()) options.attempt_delay = any_time(input);
  options.attempt_timeout = any_time(input);
  options.timeout = any_time(input);
  options.learned_delays = any_learned_delays(input, options.count);

  Watch watch(options);
  Micros now = any_time(input);
  watch.race().begin(now);
  watch.pump(now);
  for (int i = 0; i < kMaxInputs && input.remaining_bytes() > 0; ++i) {
    feed(watch, input, now);
    if (input.ConsumeBool()) watch.race().due(now);
    now += std::min(any_time(input), kNever - now);
    watch.pump(now);
  }
  return 0;
}

#include "core/race.h"

#include <algorithm>
#include <utility>

namespace connect_by_list {

namespace {

// RFC 8305 section 5 recommends 250 ms, and at least 100 ms for an adaptive delay. Ours halves each
// time it passes without an answer, down to 100 ms: sixteen dead addresses cost 1.8 s instead of 4
// s.
constexpr Micros kFirstDelay = 250'000;
constexpr Micros kMinDelay = 100'000;
// The minimum of a delay that earlier connects have taught: RFC 8305 section 5, it "MUST NOT" be
// less.
constexpr Micros kMinLearnedDelay = 10'000;

// Sums of a time and a span stop at kNever: "never" plus anything is still never.
Micros after(Micros time, Micros span) { return span > kNever - time ? kNever : time + span; }

}  // namespace

void Race::begin(Micros now) {
  deadline_ = after(now, options_.timeout);
  next_start_ = now;
}

void Race::connected(std::size_t attempt, Micros now) {
  // Ignored once the race is decided (next() closes the attempt with the others) or the attempt has
  // ended.
  if (decided() || !running(attempt)) return;
  mark_answered(attempt);
  end(attempt, Outcome::kConnected, now);
  winner_ = attempt;
  verdict_ = Verdict::kConnected;
}

void Race::failed(std::size_t attempt, Answer answer, Micros now) {
  if (!running(attempt)) return;
  if (answer == Answer::kYes) mark_answered(attempt);
  end(attempt, Outcome::kFailed, now);
  failed_since_start_ = true;
  next_start_ = now;  // RFC 8305 section 5: the next one starts at once.
}

void Race::answered(std::size_t attempt, Micros now) {
  mark_answered(attempt);
  // A start that is due already is not postponed.
  if (now < next_start_) next_start_ = std::max(next_start_, after(now, delay_after(attempt)));
}

void Race::abort() {
  if (!decided()) verdict_ = Verdict::kAborted;
}

void Race::offer(std::size_t count, More more, const std::vector<Micros>& learned_delays) {
  if (!learned_delays.empty()) {
    options_.learned_delays.resize(options_.count, 0);
    options_.learned_delays.insert(options_.learned_delays.end(), learned_delays.begin(),
                                   learned_delays.end());
  }
  options_.count += count;
  options_.more = more;
  asked_for_more_ = false;
}

void Race::extend_late_deadline(Micros now, Micros grace) {
  if (decided() || has_granted_turn_ || now < deadline_ || now < next_start_ || !may_start())
    return;
  has_granted_turn_ = true;
  granted_turn_ = grace;
  deadline_ = kNever;
}

std::optional<Step> Race::next(Micros now) {
  if (finished_) return std::nullopt;
  // Where the last attempt failed before the expired deadline was noticed, the verdict stays
  // kAllFailed.
  if (!decided() && now >= deadline_ && !all_failed()) verdict_ = Verdict::kDeadline;
  if (decided()) {
    if (!in_flight_.empty()) return close_oldest(outcome_of_the_rest(), now);
    finished_ = true;
    return Step{Step::Kind::kFinish, winner_.value_or(0)};
  }
  if (!in_flight_.empty()) {
    // Every attempt has the same limit, so the oldest one reaches it first.
    const AttemptState& oldest = attempts_[in_flight_.front()];
    if (now >= after(oldest.started, options_.attempt_timeout)) {
      failed_since_start_ = true;
      next_start_ = now;
      return close_oldest(Outcome::kTimedOut, now);
    }
  }
  if (anything_left()) {
    // With a delay of kNever the next start waits for the failure of the only attempt in flight.
    if (may_start() && now >= next_start_) return start_next(now);
  } else if (needs_more()) {
    if (now < next_start_) return std::nullopt;
    asked_for_more_ = true;
    return Step{Step::Kind::kNeedCandidates, attempts_.size()};
  } else if (all_failed()) {
    verdict_ = Verdict::kAllFailed;
    finished_ = true;
    return Step{Step::Kind::kFinish, 0};
  }
  return std::nullopt;
}

Micros Race::wake_at() const {
  if (decided()) return kNever;  // next() brings it to its end without a wait.
  Micros at = deadline_;
  if (may_start() || needs_more()) at = std::min(at, next_start_);
  if (!in_flight_.empty()) {
    const AttemptState& oldest = attempts_[in_flight_.front()];
    at = std::min(at, after(oldest.started, options_.attempt_timeout));
  }
  return at;
}

bool Race::is_past_limit(Micros now) const {
  if (decided() || all_failed()) return false;
  if (now >= deadline_) return true;
  if (in_flight_.empty()) return false;
  return now >= after(attempts_[in_flight_.front()].started, options_.attempt_timeout);
}

Micros Race::delay_after(std::size_t attempt) const {
  if (options_.attempt_delay) return *options_.attempt_delay;
  if (attempt < options_.learned_delays.size() && options_.learned_delays[attempt] > 0) {
    return std::max(options_.learned_delays[attempt], kMinLearnedDelay);
  }
  Micros delay = kFirstDelay;
  for (std::size_t i = 0; i < delays_passed_ && delay > kMinDelay; ++i) delay /= 2;
  return std::max(delay, kMinDelay);
}

Outcome Race::outcome_of_the_rest() const {
  if (verdict_ == Verdict::kConnected) return Outcome::kLost;
  return verdict_ == Verdict::kDeadline ? Outcome::kTimedOut : Outcome::kAborted;
}

void Race::mark_answered(std::size_t attempt) {
  if (!std::exchange(attempts_[attempt].answered, true)) ++answered_;
}

void Race::end(std::size_t attempt, Outcome outcome, Micros now) {
  attempts_[attempt].outcome = outcome;
  attempts_[attempt].ended = now;
  in_flight_.erase(std::find(in_flight_.begin(), in_flight_.end(), attempt));
}

Step Race::start_next(Micros now) {
  const std::size_t attempt = attempts_.size();
  if (!in_flight_.empty() && !failed_since_start_) ++delays_passed_;
  failed_since_start_ = false;
  AttemptState state;
  state.started = now;
  attempts_.push_back(state);
  in_flight_.push_back(attempt);
  if (granted_turn_ > 0) deadline_ = after(now, std::exchange(granted_turn_, 0));
  next_start_ = after(now, delay_after(attempt));
  return Step{Step::Kind::kStart, attempt};
}

Step Race::close_oldest(Outcome outcome, Micros now) {
  const std::size_t attempt = in_flight_.front();
  end(attempt, outcome, now);
  return Step{Step::Kind::kClose, attempt};
}

}  // namespace connect_by_list

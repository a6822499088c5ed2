#include "simulated_world.h"

#include <algorithm>
#include <sstream>

namespace connect_by_list {

namespace {

// The clock of a host that has been up for a while: an offset that the machine forgets becomes
// visible.
constexpr Micros kUptime = 123'456'789'000;

// Far more than any world of the tests needs.
constexpr int kMostWakes = 10'000;

RaceOptions options_of(const World& world) {
  RaceOptions options = world.options;
  options.count = world.endpoints.size();
  return options;
}

const char* name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kRunning:
      return "running";
    case Outcome::kConnected:
      return "connected";
    case Outcome::kFailed:
      return "failed";
    case Outcome::kTimedOut:
      return "timed out";
    case Outcome::kLost:
      return "lost";
    case Outcome::kAborted:
      return "aborted";
  }
  return "?";
}

const char* name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kUndecided:
      return "undecided";
    case Verdict::kConnected:
      return "connected";
    case Verdict::kAllFailed:
      return "all failed";
    case Verdict::kDeadline:
      return "deadline";
    case Verdict::kAborted:
      return "aborted";
  }
  return "?";
}

void write(std::ostream& out, const Event& event, const Story& story) {
  constexpr double kMicrosPerMilli = 1'000;
  if (out.tellp() > 0) out << ", ";
  out << static_cast<double>(event.at) / kMicrosPerMilli << ' ';
  switch (event.kind) {
    case Event::Kind::kStart:
      out << "start " << event.attempt;
      break;
    case Event::Kind::kClose:
      out << "close " << event.attempt << " as " << name_of(story.attempts[event.attempt].outcome);
      break;
    case Event::Kind::kFinish:
      out << "finish as " << name_of(story.verdict);
      break;
    case Event::Kind::kConnected:
      out << "connected " << event.attempt;
      break;
    case Event::Kind::kFailed:
      out << "failed " << event.attempt;
      break;
    case Event::Kind::kAbort:
      out << "abort";
      break;
  }
}

std::ostringstream text_stream() {
  std::ostringstream out;
  out.precision(15);
  return out;
}

}  // namespace

std::string Story::text() const {
  std::ostringstream out = text_stream();
  for (const Event& event : events) write(out, event, *this);
  return out.str();
}

std::string Story::starts() const {
  std::ostringstream out = text_stream();
  for (const Event& event : events) {
    if (event.kind == Event::Kind::kStart) write(out, event, *this);
  }
  return out.str();
}

RaceDriver::RaceDriver(const World& world)
    : world_(world), clock_(kUptime), began_(kUptime), race_(options_of(world)) {
  attempts_.reserve(world.endpoints.size());
  story_.events.reserve(world.endpoints.size() * 2 + 2);
}

Story RaceDriver::run() {
  race_.begin(clock_.now());
  pump();
  for (int wakes = 0; !finished_ && !story_.endless; ++wakes) {
    story_.endless = wakes == kMostWakes;
    wake();
  }
  if (race_.next(clock_.now())) ++story_.late_steps;
  story_.verdict = race_.verdict();
  story_.winner = race_.winner();
  story_.still_in_flight = race_.in_flight().size();
  story_.attempts = race_.attempts();
  for (AttemptState& attempt : story_.attempts) {
    attempt.started -= began_;
    if (attempt.ended != kNever) attempt.ended -= began_;
  }
  return std::move(story_);
}

// One turn of the loop: the caller's doings, then the timer, then the sockets, as libuv has it.
void RaceDriver::wake() {
  const Micros at = next_event();
  if (at == kNever) return abort();
  clock_.move_to(at + next_stall());
  if (!aborted_ && world_.abort_at != kNever && clock_.now() >= began_ + world_.abort_at) {
    return abort();
  }
  const bool due = race_.due(clock_.now());
  const bool progress = pump();
  if (due && !progress) ++story_.idle_wakes;
  for (std::size_t i = 0; i < attempts_.size() && !finished_; ++i) {
    if (tell(i)) pump();
  }
}

bool RaceDriver::pump() {
  bool progress = false;
  for (;;) {
    const bool due = race_.due(clock_.now());
    // Time decides nothing before the machine has heard what is known already.
    if (due && tell_all()) progress = true;
    const bool early = drained_ && !due;
    const std::optional<Step> step = race_.next(clock_.now());
    if (!step) break;
    if (early) ++story_.early_steps;
    drained_ = false;
    progress = true;
    switch (step->kind) {
      case Step::Kind::kStart:
        start(step->attempt);
        continue;
      case Step::Kind::kClose:
        close(step->attempt);
        continue;
      case Step::Kind::kMore:  // No story of these has more to come; race_offer_test.cc does.
        continue;
      case Step::Kind::kFinish:
        record(Event::Kind::kFinish, step->attempt);
        finished_ = true;
        return true;
    }
  }
  drained_ = true;
  return progress;
}

bool RaceDriver::tell_all() {
  bool told = false;
  for (std::size_t i = 0; i < attempts_.size(); ++i) told = tell(i) || told;
  return told;
}

bool RaceDriver::tell(std::size_t attempt) {
  Attempt& told = attempts_[attempt];
  if (!has_news(told)) return false;
  told.told = true;
  drained_ = false;
  if (world_.endpoints[attempt].answer == Endpoint::Answer::kFails) {
    told.open = false;
    record(Event::Kind::kFailed, attempt);
    race_.failed(attempt, clock_.now());
  } else {
    record(Event::Kind::kConnected, attempt);
    race_.connected(attempt, clock_.now());
  }
  return true;
}

void RaceDriver::abort() {
  aborted_ = true;
  drained_ = false;
  record(Event::Kind::kAbort, 0);
  race_.abort();
  pump();
}

void RaceDriver::start(std::size_t attempt) {
  record(Event::Kind::kStart, attempt);
  if (attempt >= world_.endpoints.size()) return;  // Against the rules, which will say so.
  const Endpoint& endpoint = world_.endpoints[attempt];
  Attempt made;
  if (endpoint.answer != Endpoint::Answer::kNever) made.answers_at = clock_.now() + endpoint.after;
  attempts_.push_back(made);
  tell(attempts_.size() - 1);  // Loopback answers inside of connect().
}

void RaceDriver::close(std::size_t attempt) {
  record(Event::Kind::kClose, attempt);
  attempts_[attempt].open = false;
}

bool RaceDriver::has_news(const Attempt& attempt) const {
  return attempt.open && !attempt.told && clock_.now() >= attempt.answers_at;
}

Micros RaceDriver::next_event() const {
  Micros at = race_.wake_at();
  if (!aborted_ && world_.abort_at != kNever) at = std::min(at, began_ + world_.abort_at);
  for (const Attempt& attempt : attempts_) {
    if (attempt.open && !attempt.told) at = std::min(at, attempt.answers_at);
  }
  return at;
}

Micros RaceDriver::next_stall() {
  return world_.stalls.empty() ? 0 : world_.stalls[stalls_++ % world_.stalls.size()];
}

void RaceDriver::record(Event::Kind kind, std::size_t attempt) {
  story_.events.push_back({kind, attempt, clock_.now() - began_});
}

}  // namespace connect_by_list

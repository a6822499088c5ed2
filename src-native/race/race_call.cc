#include "race/race_call.h"

#include <utility>

namespace connect_by_list {

namespace {

// Where every endpoint refuses at once a long list would be walked in one turn of the loop, and
// hold it for as long. After so many starts (about a millisecond's work) everybody else has a turn
// first.
constexpr int kStartsPerTurn = 64;

constexpr Micros kMicrosPerMilli = 1'000;

Micros clock_now() { return static_cast<Micros>(uv_hrtime() / 1'000); }

// Empty where it is the default for all of them.
std::vector<Micros> patience_of(const std::vector<RaceCall::Pair>& pairs) {
  std::vector<Micros> patience;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (pairs[i].patience == 0) continue;
    patience.resize(pairs.size(), 0);
    patience[i] = pairs[i].patience;
  }
  return patience;
}

RaceOptions with_patience(RaceOptions options, const std::vector<RaceCall::Pair>& pairs) {
  options.patience = patience_of(pairs);
  return options;
}

}  // namespace

RaceCall::RaceCall(Loop& loop, std::vector<Pair> pairs, RaceOptions options, Decision decision,
                   Events events)
    : loop_(loop),
      pairs_(std::move(pairs)),
      race_(with_patience(std::move(options), pairs_)),
      decision_(decision),
      events_(std::move(events)),
      timer_(loop, [this] { wake(); }) {}

bool RaceCall::begin() {
  began_ = clock_now();
  race_.begin(began_);
  return pump();
}

void RaceCall::offer(const std::vector<Pair>& pairs, bool more) {
  pairs_.insert(pairs_.end(), pairs.begin(), pairs.end());
  race_.offer(pairs.size(), more, patience_of(pairs));
  wake_soon();  // Not at once: JavaScript has called us, and would be called from here.
}

void RaceCall::abort() {
  race_.abort();
  pump_and_tell();
}

void RaceCall::decide(std::size_t attempt, int error) {
  if (race_.attempts()[attempt].outcome != Outcome::kRunning) return;  // It came too late.
  if (error == 0) {
    race_.connected(attempt, clock_now());
  } else {
    attempts_[attempt].error = error;
    race_.failed(attempt, clock_now());
  }
  note_change(attempt);
  pump_and_tell();
}

void RaceCall::set_ref(bool is_ref) {
  is_ref_ = is_ref;
  timer_.set_ref(is_ref);
  for (const Attempt& attempt : attempts_) {
    if (attempt.watch) attempt.watch->set_ref(is_ref);
  }
}

RaceCall::Row RaceCall::row(std::size_t attempt) const {
  const Attempt& made = attempts_[attempt];
  return {race_.attempts()[attempt], made.local, made.error};
}

// Nothing of ours is touched after a call of JavaScript: it may have ended the race, and destroyed
// us.
void RaceCall::wake() {
  if (std::exchange(wants_more_, false)) {
    events_.more();
  } else {
    pump_and_tell();
  }
}

void RaceCall::pump_and_tell() {
  if (pump()) {
    events_.finished();
  } else if (!changes_.empty()) {
    events_.changed();
  }
}

void RaceCall::note_change(std::size_t index) {
  if (events_.changed) changes_.push_back(index);
}

// Does what there is to do now. True when the race is over.
bool RaceCall::pump() {
  int starts = 0;
  for (;;) {
    Micros now = clock_now();
    // The system may know more than we do: when JavaScript has held the loop the timer comes late
    // and before the news of the sockets, so what is in flight is looked at before time decides
    // anything.
    if (race_.due(now)) {
      look_at_all();
      now = clock_now();  // A failure that was seen there lets the next one start now.
    }
    const std::optional<Step> step = race_.next(now);
    if (!step) break;
    switch (step->kind) {
      case Step::Kind::kStart:
        start(step->attempt);
        if (++starts < kStartsPerTurn) continue;
        wake_soon();
        return false;
      case Step::Kind::kClose:
        close(step->attempt);
        continue;
      case Step::Kind::kMore:
        wants_more_ = true;
        wake_soon();
        return false;
      case Step::Kind::kFinish:
        timer_.stop();
        return true;
    }
  }
  sleep();
  return false;
}

// In the next turn of the loop: a timer that is due at once could run again in this one.
void RaceCall::wake_soon() { timer_.set(uv_now(loop_.get()) + 1); }

void RaceCall::sleep() {
  const Micros at = race_.wake_at();
  if (at == kNever) return timer_.stop();
  // Rounded up: a timer that wakes us too early would only be set again.
  timer_.set(static_cast<std::uint64_t>((at + kMicrosPerMilli - 1) / kMicrosPerMilli));
}

void RaceCall::start(std::size_t index) {
  const Address& remote = pairs_[index].remote;
  const Address& local = pairs_[index].local;
  Attempt& attempt = attempts_.emplace_back();
  note_change(index);
  // "No address" stands for a zone that this host has not; connect() says EINVAL of such a one too.
  if (remote.family() == AF_UNSPEC) return settle(index, {Progress::kFailed, kInvalidArgument});
  OpenedSocket opened = open_stream(remote.family());
  if (!opened.socket) return settle(index, {Progress::kFailed, opened.error});
  attempt.socket = std::move(opened.socket);
  if (local.family() != AF_UNSPEC) {
    const int error = bind_local(attempt.socket.get(), local);
    if (error != 0) return settle(index, {Progress::kFailed, error});
  }
  ConnectProgress progress = begin_connect(attempt.socket.get(), remote);
  if (progress.progress != Progress::kFailed) attempt.local = local_address(attempt.socket.get());
  // One look before libuv is asked to watch: loopback has answered by now.
  if (progress.progress == Progress::kPending) progress = look(attempt.socket.get());
  if (progress.progress != Progress::kPending) return settle(index, progress);

  attempt.watch = std::make_unique<WritableWatch>();
  const int error = attempt.watch->start(loop_, attempt.socket.get(), [this, index] {
    look_at(index);
    pump_and_tell();
  });
  if (error == 0) return attempt.watch->set_ref(is_ref_);
  attempt.error = error;
  close(index);
  race_.failed(index, clock_now());
}

void RaceCall::look_at(std::size_t index) {
  if (race_.verdict() == Verdict::kDeadline) return;  // It was told; the news comes too late.
  if (!attempts_[index].socket) return;               // It waits for the caller's decision.
  const ConnectProgress progress = look(attempts_[index].socket.get());
  if (progress.progress != Progress::kPending) settle(index, progress);
}

void RaceCall::look_at_all() {
  // A copy, because settling takes an attempt out of the machine's list.
  const std::vector<std::size_t> in_flight = race_.in_flight();
  for (const std::size_t index : in_flight) look_at(index);
}

void RaceCall::settle(std::size_t index, ConnectProgress progress) {
  Attempt& attempt = attempts_[index];
  const Micros now = clock_now();
  if (progress.progress == Progress::kConnected) {
    // Windows may know the address only now.
    if (!attempt.local.known()) attempt.local = local_address(attempt.socket.get());
    // A connect to a local port where nobody listens can meet itself, when the system happens to
    // choose that very port as the source (simultaneous open, RFC 9293 section 3.5). Nobody
    // answered.
    if (attempt.local == pairs_[index].remote) {
      progress = {Progress::kFailed, kConnectionRefused};
    } else if (decision_ == Decision::kCaller) {
      attempt.watch.reset();
      attempt.connected = std::move(attempt.socket);
      return note_change(index);
    } else if (!race_.winner()) {
      attempt.watch.reset();
      won_ = std::move(attempt.socket);
      return race_.connected(index, now);
    } else {
      return;  // A second one in the same look: next() closes it as lost.
    }
  }
  attempt.error = uv_translate_sys_error(progress.error);
  close(index);
  race_.failed(index, now);
}

void RaceCall::close(std::size_t index) {
  Attempt& attempt = attempts_[index];
  note_change(index);
  if (race_.verdict() == Verdict::kDeadline) return;
  attempt.watch.reset();
  attempt.socket.reset();
  attempt.connected.reset();
}

}  // namespace connect_by_list

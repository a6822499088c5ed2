#include "race/race_call.h"

#include <utility>

namespace connect_by_list {

namespace {

// The maximum of starts in one iteration of the loop, about 1 ms of work: a long list whose
// endpoints all refuse at once must not block the event loop.
constexpr int kStartsPerTurn = 64;

// How long candidates that are started only after the deadline have to connect
// (Race::extend_late_deadline).
constexpr Micros kLateDeadlineGrace = 1'000;

// Empty where it is the default for all of them.
std::vector<Micros> learned_delays_of(const std::vector<RaceCall::Candidate>& candidates) {
  std::vector<Micros> learned_delays;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (candidates[i].learned_delay == 0) continue;
    learned_delays.resize(candidates.size(), 0);
    learned_delays[i] = candidates[i].learned_delay;
  }
  return learned_delays;
}

RaceOptions options_for(RaceOptions options, const std::vector<RaceCall::Candidate>& candidates) {
  options.count = candidates.size();
  options.learned_delays = learned_delays_of(candidates);
  return options;
}

}  // namespace

RaceCall::RaceCall(System& system, Listener& listener, std::vector<Candidate> candidates,
                   RaceOptions options, Settings settings)
    : system_(system),
      listener_(listener),
      settings_(settings),
      candidates_(std::move(candidates)),
      race_(options_for(std::move(options), candidates_)) {}

bool RaceCall::begin() {
  began_ = system_.now();
  race_.begin(began_);
  is_over_ = pump();
  return is_over_;
}

void RaceCall::offer(const std::vector<Candidate>& candidates, More more) {
  if (is_over_) return;
  needs_more_ = false;
  has_late_candidates_ =
      has_late_candidates_ || (race_.awaits_destinations() && !candidates.empty());
  candidates_.insert(candidates_.end(), candidates.begin(), candidates.end());
  race_.offer(candidates.size(), more, learned_delays_of(candidates));
  wake_soon();  // Not at once: JavaScript has called us, and would be called from here.
}

void RaceCall::abort() {
  race_.abort();
  pump_and_tell();
}

void RaceCall::report_handshake(std::size_t attempt, int error) {
  if (race_.attempts()[attempt].outcome != Outcome::kRunning) return;  // It came too late.
  const Micros now = system_.now();
  if (error == 0) {
    race_.connected(attempt, now);
  } else {
    attempts_[attempt].error = error;
    race_.failed(attempt, Answer::kYes, now);
  }
  note_change(attempt);
  pump_and_tell();
}

void RaceCall::set_ref(bool is_ref) {
  is_ref_ = is_ref;
  if (timer_) timer_->set_ref(is_ref);
  for (const Attempt& attempt : attempts_) {
    if (attempt.socket) attempt.socket->set_ref(is_ref);
  }
}

RaceCall::Row RaceCall::row(std::size_t attempt) const {
  const Attempt& own = attempts_[attempt];
  return {race_.attempts()[attempt], own.local, own.connected_at, own.error};
}

std::size_t RaceCall::last_to_end() const {
  const std::vector<AttemptState>& states = race_.attempts();
  std::size_t last = 0;
  for (std::size_t i = 1; i < states.size(); ++i) {
    if (states[i].ended >= states[last].ended) last = i;
  }
  return last;
}

System::Timer& RaceCall::timer() {
  if (!timer_) {
    timer_ = system_.make_timer([this] { wake(); });
    timer_->set_ref(is_ref_);
  }
  return *timer_;
}

// Nothing of ours is touched after a call of the listener: it may have ended the race, and
// destroyed us.
void RaceCall::wake() {
  wakes_soon_ = false;
  if (is_over_) return;
  if (delivery_ == Delivery::kAwaited) delivery_ = Delivery::kDone;
  if (!std::exchange(needs_more_, false)) return pump_and_tell();
  // offer() may never be called, so the timer is armed for the deadline and the limits of attempts
  // first.
  sleep();
  listener_.candidates_needed(settings_.id);
}

void RaceCall::pump_and_tell() {
  if (is_over_) return;
  if (pump()) {
    is_over_ = true;
    listener_.finished(settings_.id);
  } else if (!changes_.empty()) {
    listener_.changed(settings_.id);
  }
}

void RaceCall::note_change(std::size_t index) {
  if (settings_.is_watched) changes_.push_back(index);
}

// Does what there is to do now. True when the race is over.
bool RaceCall::pump() {
  // If JavaScript blocked the event loop past the deadline, addresses that a lookup delivered
  // before it still get one attempt.
  if (std::exchange(has_late_candidates_, false))
    race_.extend_late_deadline(system_.now(), kLateDeadlineGrace);
  int starts = 0;
  for (;;) {
    Micros now = system_.now();
    // The system may know more than we do: when JavaScript has held the loop the timer comes late
    // and before the news of the sockets, so what is in flight is looked at before time decides
    // anything.
    if (race_.due(now)) {
      poll_connects();
      now = system_.now();  // A failure that was seen there lets the next one start now.
    }
    if (let_loop_deliver(now)) return false;
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
      case Step::Kind::kNeedCandidates:
        needs_more_ = true;
        wake_soon();  // begin() and report_handshake() were called by JavaScript.
        return false;
      case Step::Kind::kFinish:
        if (timer_) timer_->stop();
        return true;
    }
  }
  sleep();
  return false;
}

// A limit that is noticed late, because JavaScript blocked the event loop, is enforced after one
// more iteration of the loop, so that what has arrived already counts: bytes of a handshake, the
// answer to a lookup. Returns true while it waits for that iteration.
bool RaceCall::let_loop_deliver(Micros now) {
  const bool loop_may_know =
      settings_.decision == Decision::kHandshake || race_.awaits_destinations();
  if (!loop_may_know || !race_.is_past_limit(now)) {
    delivery_ = Delivery::kNotNeeded;
    return false;
  }
  if (delivery_ == Delivery::kDone) return false;
  delivery_ = Delivery::kAwaited;
  wake_soon();
  return true;
}

// Arms the timer once; repeated calls do not postpone it.
void RaceCall::wake_soon() {
  if (!std::exchange(wakes_soon_, true)) timer().set_next_turn();
}

void RaceCall::sleep() {
  // A socket event came before listener_.candidates_needed() was called: the pending wake-up is
  // kept.
  if (needs_more_) return wake_soon();
  wakes_soon_ = false;
  const Micros at = race_.wake_at();
  if (at != kNever) {
    timer().set(at);
  } else if (timer_) {
    timer_->stop();
  }
}

void RaceCall::start(std::size_t index) {
  attempts_.emplace_back();
  note_change(index);
  const ConnectProgress progress = connect(index);
  if (progress.progress != Progress::kPending) return handle_progress(index, progress);
  System::Socket& socket = *attempts_[index].socket;
  const int error = socket.watch([this, index] {
    if (is_over_) return;  // At a deadline the sockets outlive the race.
    poll_connect(index);
    pump_and_tell();
  });
  if (error != 0) return fail(index, error);
  socket.set_ref(is_ref_);
}

ConnectProgress RaceCall::connect(std::size_t index) {
  Attempt& attempt = attempts_[index];
  const Address remote = candidates_[index].remote.or_loopback();
  const std::optional<Address>& local = candidates_[index].local;
  // An address whose zone is not on this host: connect() and bind() say EINVAL of such a one too.
  if (remote.family() == AF_UNSPEC || (local && local->family() == AF_UNSPEC)) {
    return {Progress::kFailed, kInvalidArgument};
  }
  System::Opened opened = system_.open(remote.family());
  if (!opened.socket) return {Progress::kFailed, opened.error};
  attempt.socket = std::move(opened.socket);
  if (local) {
    const int error = attempt.socket->bind(*local);
    if (error != 0) return {Progress::kFailed, error};
  }
  const ConnectProgress progress = attempt.socket->connect(remote);
  if (progress.progress != Progress::kFailed) attempt.local = attempt.socket->local_address();
  // One look before the socket is watched: loopback has answered by now.
  return progress.progress == Progress::kPending ? attempt.socket->poll_connect() : progress;
}

void RaceCall::poll_connect(std::size_t index) {
  Attempt& attempt = attempts_[index];
  if (!attempt.socket) return;  // It waits for the caller's decision.
  const ConnectProgress progress = attempt.socket->poll_connect();
  if (progress.progress != Progress::kPending) handle_progress(index, progress);
}

void RaceCall::poll_connects() {
  // A copy, because settling takes an attempt out of the machine's list.
  const std::vector<std::size_t> in_flight = race_.in_flight();
  for (const std::size_t index : in_flight) poll_connect(index);
}

void RaceCall::handle_progress(std::size_t index, ConnectProgress progress) {
  if (progress.progress != Progress::kConnected) return fail(index, progress.error);
  Attempt& attempt = attempts_[index];
  // Windows may know the address only now.
  if (!attempt.local.known()) attempt.local = attempt.socket->local_address();
  // A connect to a local port where nobody listens can meet itself, when the system happens to
  // choose that very port as the source (simultaneous open, RFC 9293 section 3.5). Nobody answered.
  if (attempt.local == candidates_[index].remote.or_loopback())
    return fail(index, kConnectionRefused);
  if (race_.winner()) return;  // A second one in the same look: next() closes it as lost.
  attempt.connected_at = system_.now();
  if (settings_.decision == Decision::kHandshake) {
    attempt.connected = attempt.socket->release();
    attempt.socket.reset();
    race_.answered(index, attempt.connected_at);
    return note_change(index);
  }
  won_ = attempt.socket->release();
  attempt.socket.reset();
  race_.connected(index, attempt.connected_at);
}

void RaceCall::fail(std::size_t index, int error) {
  attempts_[index].error = error;
  close(index);
  race_.failed(index, other_source_may_help(error) ? Answer::kNo : Answer::kYes, system_.now());
}

void RaceCall::close(std::size_t index) {
  Attempt& attempt = attempts_[index];
  note_change(index);
  // At a deadline sockets are closed later (Environment::close_later), so that callers hear of it
  // first.
  if (race_.verdict() == Verdict::kDeadline) return;
  attempt.socket.reset();
  attempt.connected.reset();
}

}  // namespace connect_by_list

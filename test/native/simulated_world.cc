#include "simulated_world.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <sstream>
#include <utility>

namespace connect_by_list {

namespace {

// The clock of a host that has been up for a while: an offset that the race forgets becomes
// visible.
constexpr Micros kUptime = 123'456'789'000;

// Far more than any world of the tests needs.
constexpr int kMaxTurns = 20'000;

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

namespace {

// The addresses differ in their ports alone: that of an attempt is its place among all candidates.
Address address_of(std::size_t place) {
  static const Address first = *Address::parse("192.0.2.1", 1);
  sockaddr_storage storage{};
  std::memcpy(&storage, first.data(), static_cast<std::size_t>(first.length()));
  reinterpret_cast<sockaddr_in*>(&storage)->sin_port = htons(static_cast<std::uint16_t>(place + 1));
  return Address::from_system(storage);
}

// The caller of one RaceCall, what its sockets meet, and who writes all of it down.
class Run final : public RaceCall::Listener, public Network {
 public:
  explicit Run(const World& world)
      : world_(world),
        loop_(kUptime),
        system_(loop_, *this, [this] { note_wake(); }),
        unanswered_names_(world.names.size()) {}

  Story run();

  void finished(std::uint32_t id) override;
  void candidates_needed(std::uint32_t id) override;
  void changed(std::uint32_t /*id*/) override {}

  void connect(SimulatedSocket& socket, const Address& remote) override;
  void told(SimulatedSocket& socket, int error) override;
  void closed(SimulatedSocket& socket, bool ended) override;

 private:
  bool awaits_names() const { return unanswered_names_ > 0; }
  More more_to_come() const;
  std::vector<RaceCall::Candidate> pairs_for(const std::vector<Endpoint>& endpoints);
  void answer(const LateName& name);
  void offer_other_source();
  void abort();
  void note_wake();
  void finish();
  void record(Event::Kind kind, std::size_t attempt);

  const World& world_;
  SimulatedLoop loop_;
  SimulatedSystem system_;
  std::unique_ptr<RaceCall> race_;
  // What an attempt still has open, by its place.
  std::vector<SimulatedSocket*> open_;
  std::size_t unanswered_names_;
  std::size_t other_sources_ = 0;
  // How many of the attempts went to a destination first: the others follow them.
  std::size_t destinations_ = 0;
  std::size_t events_at_wake_ = 0;
  bool is_waiting_ = false;
  bool is_aborted_ = false;
  bool is_finished_ = false;
  std::size_t stalls_ = 0;
  Story story_;
};

Story Run::run() {
  RaceOptions options = world_.options;
  options.more = more_to_come();
  std::vector<RaceCall::Candidate> candidates = pairs_for(world_.endpoints);
  for (std::size_t i = 0; i < candidates.size() && i < options.learned_delays.size(); ++i) {
    candidates[i].learned_delay = options.learned_delays[i];
  }
  race_ = std::make_unique<RaceCall>(system_, *this, std::move(candidates), options,
                                     RaceCall::Settings());
  for (const LateName& name : world_.names) {
    if (name.answers_at == kNever) continue;
    loop_.add(kUptime + name.answers_at, SimulatedLoop::Phase::kPoll,
              [this, &name] { answer(name); });
  }
  if (world_.abort_at != kNever) {
    loop_.add(kUptime + world_.abort_at, SimulatedLoop::Phase::kHandshake, [this] { abort(); });
  }
  if (race_->begin()) finish();
  for (int turns = 0; !is_finished_ && !story_.endless; ++turns) {
    story_.endless = turns == kMaxTurns;
    events_at_wake_ = story_.events.size();
    const Micros stall =
        world_.stalls.empty() ? 0 : world_.stalls[stalls_++ % world_.stalls.size()];
    if (!loop_.turn(stall)) abort();
  }
  for (std::size_t i = 0; i < race_->rows(); ++i) {
    AttemptState& attempt = story_.attempts.emplace_back(race_->row(i).state);
    if (attempt.outcome == Outcome::kRunning) ++story_.still_in_flight;
    attempt.started -= kUptime;
    if (attempt.ended != kNever) attempt.ended -= kUptime;
  }
  story_.verdict = race_->verdict();
  if (story_.verdict == Verdict::kConnected) story_.winner = race_->winner();
  // What its sockets still have to tell comes to a race that is over.
  const std::size_t events = story_.events.size();
  while (loop_.turn()) continue;
  story_.late_calls += static_cast<int>(story_.events.size() - events);
  race_.reset();
  return std::move(story_);
}

void Run::finished(std::uint32_t /*id*/) {
  if (is_finished_) ++story_.late_calls;
  finish();
}

// At a deadline the race leaves its sockets open until it is destroyed: that ends them here.
void Run::finish() {
  for (std::size_t i = 0; i < open_.size(); ++i) {
    if (open_[i] == nullptr) continue;
    open_[i] = nullptr;
    record(Event::Kind::kClose, i);
  }
  record(Event::Kind::kFinish, 0);
  is_finished_ = true;
}

// lib/engines/race/candidate-queue.ts answers the same way.
void Run::candidates_needed(std::uint32_t /*id*/) {
  if (is_finished_) ++story_.late_calls;
  is_waiting_ = true;
  if (!awaits_names()) offer_other_source();
}

More Run::more_to_come() const {
  if (awaits_names()) return More::kDestinations;
  return other_sources_ < world_.other_sources.size() ? More::kSources : More::kNothing;
}

std::vector<RaceCall::Candidate> Run::pairs_for(const std::vector<Endpoint>& endpoints) {
  std::vector<RaceCall::Candidate> candidates;
  candidates.reserve(endpoints.size());
  for (const Endpoint& endpoint : endpoints) {
    candidates.push_back({address_of(story_.known.size()), std::nullopt});
    story_.known.push_back(endpoint);
  }
  return candidates;
}

void Run::answer(const LateName& name) {
  if (is_finished_) return;
  --unanswered_names_;
  if (!name.endpoints.empty()) {
    is_waiting_ = false;
    race_->offer(pairs_for(name.endpoints), awaits_names() ? More::kDestinations : more_to_come());
  } else if (is_waiting_ && !awaits_names()) {
    offer_other_source();
  }
}

void Run::offer_other_source() {
  is_waiting_ = false;
  if (other_sources_ == 0) destinations_ = story_.known.size();
  bool may_help = false;
  for (std::size_t i = 0; i < race_->rows() && i < destinations_; ++i) {
    may_help = may_help || !race_->has_answered(i);
  }
  if (!may_help || other_sources_ == world_.other_sources.size()) {
    return race_->offer({}, More::kNothing);
  }
  const std::vector<Endpoint> next = {world_.other_sources[other_sources_++]};
  race_->offer(pairs_for(next), more_to_come());
}

void Run::abort() {
  if (is_finished_ || is_aborted_) return;
  is_aborted_ = true;
  record(Event::Kind::kAbort, 0);
  race_->abort();
}

// Where more may come, the timer is also how the race asks for it, and how it lets the loop
// deliver.
void Run::note_wake() {
  const bool may_ask = !world_.names.empty() || !world_.other_sources.empty();
  if (!may_ask && story_.events.size() == events_at_wake_) ++story_.idle_wakes;
}

void Run::connect(SimulatedSocket& socket, const Address& remote) {
  socket.tag = remote.port() - std::size_t{1};
  open_.resize(std::max(open_.size(), socket.tag + 1));
  open_[socket.tag] = &socket;
  record(Event::Kind::kStart, socket.tag);
  const Endpoint& endpoint = story_.known[socket.tag];
  if (endpoint.answer == Endpoint::Answer::kNever) return;
  const int error = endpoint.answer == Endpoint::Answer::kFails ? endpoint.error : 0;
  socket.answer(loop_.now() + endpoint.after, error);
}

void Run::told(SimulatedSocket& socket, int error) {
  record(error == 0 ? Event::Kind::kConnected : Event::Kind::kFailed, socket.tag);
}

void Run::closed(SimulatedSocket& socket, bool ended) {
  if (is_finished_ || open_[socket.tag] == nullptr) return;
  open_[socket.tag] = nullptr;
  if (!ended) record(Event::Kind::kClose, socket.tag);
}

void Run::record(Event::Kind kind, std::size_t attempt) {
  story_.events.push_back({kind, attempt, loop_.now() - kUptime});
}

}  // namespace

Story run(const World& world) { return Run(world).run(); }

}  // namespace connect_by_list

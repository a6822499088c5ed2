#include "herd.h"

#include <algorithm>
#include <numeric>

namespace connect_by_list {

namespace {

constexpr Micros kSecond = 1'000'000;
constexpr Micros kTenth = kSecond / 10;
// How many connections an endpoint accepts in a second, and how many wait for that at most.
constexpr double kAccepts = 5'000;
constexpr double kBacklog = 4'096;
// All clients start within this; each has a round trip between these.
constexpr Micros kStartWindow = 10'000;
constexpr Micros kLeastTrip = 10'000;
constexpr Micros kMostTrip = 50'000;
// Linux sends a SYN again after 1 s, 2 s more, 4 s more…, six times (tcp_syn_retries).
constexpr int kRetries = 6;
// After this nobody waits any more.
constexpr Micros kEnd = 120 * kSecond;

// SplitMix64: the same herd everywhere.
class Dice {
 public:
  std::uint64_t roll(std::uint64_t sides) {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (z ^ (z >> 31)) % sides;
  }

 private:
  std::uint64_t state_ = 8305;
};

std::vector<std::uint8_t> order_of(Order order, std::size_t count, Dice& dice) {
  std::vector<std::uint8_t> places(count);
  std::iota(places.begin(), places.end(), std::uint8_t{0});
  if (order == Order::kRotated) {
    std::rotate(places.begin(), places.begin() + static_cast<long>(dice.roll(count)), places.end());
  } else if (order == Order::kShuffled) {
    for (std::size_t i = count - 1; i > 0; --i) std::swap(places[i], places[dice.roll(i + 1)]);
  }
  return places;
}

}  // namespace

Endpoint::Reply Endpoint::syn(Micros now) {
  ++syns_;
  const auto tenth = static_cast<std::size_t>(now / kTenth);
  if (tenths_.size() <= tenth) tenths_.resize(tenth + 1);
  ++tenths_[tenth];
  if (death_ == Death::kRefuses) return Reply::kReset;
  if (death_ == Death::kSilent) return Reply::kNone;
  const double accepted = kAccepts * static_cast<double>(now - seen_) / kSecond;
  queue_ = std::max(0.0, queue_ - accepted);
  seen_ = now;
  if (queue_ >= kBacklog) {
    ++dropped_;
    return Reply::kNone;
  }
  queue_ += 1;
  return Reply::kSynAck;
}

std::int64_t Endpoint::peak() const {
  return tenths_.empty() ? 0 : *std::max_element(tenths_.begin(), tenths_.end());
}

Herd::Herd(const Setting& setting, std::size_t clients, const std::vector<Death>& list) {
  for (const Death death : list) endpoints_.emplace_back(death);
  Dice dice;
  RaceOptions options;
  options.count = list.size();
  options.attempt_delay = setting.attempt_delay;
  options.attempt_timeout = setting.attempt_timeout;
  clients_.reserve(clients);
  for (std::uint32_t i = 0; i < clients; ++i) {
    const auto start = static_cast<Micros>(dice.roll(kStartWindow));
    const auto trip = kLeastTrip + static_cast<Micros>(dice.roll(kMostTrip - kLeastTrip));
    clients_.push_back(
        {Race(options), order_of(setting.order, list.size(), dice), start, trip / 2});
    clients_.back().race.begin(start);
    events_.push({start, i, 0, 0, Event::Kind::kWake});
  }
}

void Herd::run() {
  while (!events_.empty() && events_.top().at < kEnd) {
    const Event event = events_.top();
    events_.pop();
    handle(event);
  }
  failed_ = clients_.size() - times_.size();
  std::sort(times_.begin(), times_.end());
}

void Herd::handle(const Event& event) {
  const bool is_running = event.kind == Event::Kind::kWake || runs(event.client, event.attempt);
  switch (event.kind) {
    case Event::Kind::kSyn:
      return arrive(event);
    case Event::Kind::kRetransmit:
      if (is_running) send(event.client, event.attempt, event.retry, event.at);
      return;
    case Event::Kind::kSynAck:
      if (is_running) {
        clients_[event.client].race.connected(event.attempt, event.at);
        ++endpoint_of(event.client, event.attempt).won;
        times_.push_back(event.at - clients_[event.client].start);
      } else {
        ++endpoint_of(event.client, event.attempt).wasted;
      }
      break;
    case Event::Kind::kReset:
      if (is_running) clients_[event.client].race.failed(event.attempt, event.at);
      break;
    case Event::Kind::kWake:
      break;
  }
  pump(event.client, event.at);
}

void Herd::send(std::uint32_t client, std::size_t attempt, std::uint8_t retry, Micros now) {
  const auto place = static_cast<std::uint16_t>(attempt);
  events_.push({now + clients_[client].one_way, client, place, retry, Event::Kind::kSyn});
  if (retry == kRetries) return;
  const auto next = static_cast<std::uint8_t>(retry + 1);
  events_.push({now + (kSecond << retry), client, place, next, Event::Kind::kRetransmit});
}

void Herd::arrive(const Event& event) {
  const Endpoint::Reply reply = endpoint_of(event.client, event.attempt).syn(event.at);
  if (reply == Endpoint::Reply::kNone) return;
  Event answer = event;
  answer.at += clients_[event.client].one_way;
  answer.kind = reply == Endpoint::Reply::kSynAck ? Event::Kind::kSynAck : Event::Kind::kReset;
  events_.push(answer);
}

void Herd::pump(std::uint32_t client, Micros now) {
  Race& race = clients_[client].race;
  while (const std::optional<Step> step = race.next(now)) {
    if (step->kind == Step::Kind::kStart) send(client, step->attempt, 0, now);
    if (step->kind == Step::Kind::kFinish) return;
  }
  const Micros wake = race.wake_at();
  if (wake != kNever) events_.push({wake, client, 0, 0, Event::Kind::kWake});
}

Endpoint& Herd::endpoint_of(std::uint32_t client, std::size_t attempt) {
  return endpoints_[clients_[client].order[attempt]];
}

bool Herd::runs(std::uint32_t client, std::size_t attempt) const {
  return clients_[client].race.attempts()[attempt].outcome == Outcome::kRunning;
}

}  // namespace connect_by_list

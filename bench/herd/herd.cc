#include "herd.h"

#include <algorithm>
#include <cerrno>
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
constexpr Micros kMinTrip = 10'000;
constexpr Micros kMaxTrip = 50'000;
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
  // The port is the attempt's place.
  for (std::size_t place = 0; place < list.size(); ++place) {
    const auto port = static_cast<std::uint16_t>(place + 1);
    candidates_.push_back({*Address::parse("192.0.2.1", port), std::nullopt});
  }
  RaceOptions options;
  options.attempt_delay = setting.attempt_delay;
  options.attempt_timeout = setting.attempt_timeout;
  Dice dice;
  clients_.reserve(clients);
  for (std::uint32_t i = 0; i < clients; ++i) {
    const auto start = static_cast<Micros>(dice.roll(kStartWindow));
    const auto trip = kMinTrip + static_cast<Micros>(dice.roll(kMaxTrip - kMinTrip));
    clients_.push_back(
        std::make_unique<Client>(*this, order_of(setting.order, list.size(), dice), trip / 2));
    loop_.add(start, SimulatedLoop::Phase::kHandshake,
              [this, i, options] { clients_[i]->begin(i, candidates_, options); });
  }
}

void Herd::run() {
  while (loop_.now() < kEnd && loop_.turn()) continue;
  failed_ = clients_.size() - times_.size();
  std::sort(times_.begin(), times_.end());
}

void Herd::finished(std::uint32_t id) {
  RaceCall& race = clients_[id]->race();
  if (race.verdict() != Verdict::kConnected) return;
  ++clients_[id]->endpoint_of(race.winner()).won;
  times_.push_back(loop_.now() - race.began());
}

Herd::Client::Client(Herd& herd, std::vector<std::uint8_t> order, Micros one_way)
    : herd_(herd),
      order_(std::move(order)),
      one_way_(one_way),
      sockets_(order_.size()),
      system_(herd.loop_, *this) {}

void Herd::Client::begin(std::uint32_t id, const std::vector<RaceCall::Candidate>& candidates,
                         const RaceOptions& options) {
  RaceCall::Settings settings;
  settings.id = id;
  race_ = std::make_unique<RaceCall>(system_, herd_, candidates, options, settings);
  race_->begin();
}

void Herd::Client::connect(SimulatedSocket& socket, const Address& remote) {
  socket.tag = remote.port() - std::size_t{1};
  sockets_[socket.tag] = &socket;
  send(socket.tag, 0);
}

void Herd::Client::closed(SimulatedSocket& socket, bool /*ended*/) {
  sockets_[socket.tag] = nullptr;
}

void Herd::Client::send(std::size_t attempt, int retry) {
  herd_.add(one_way_, [this, attempt] { arrive(attempt); });
  if (retry == kRetries) return;
  herd_.add(kSecond << retry, [this, attempt, retry] {
    if (sockets_[attempt] != nullptr) send(attempt, retry + 1);
  });
}

void Herd::Client::arrive(std::size_t attempt) {
  const Endpoint::Reply reply = endpoint_of(attempt).syn(herd_.loop_.now());
  if (reply == Endpoint::Reply::kNone) return;
  herd_.add(one_way_, [this, attempt, reply] { answer(attempt, reply); });
}

void Herd::Client::answer(std::size_t attempt, Endpoint::Reply reply) {
  const bool accepts = reply == Endpoint::Reply::kSynAck;
  if (sockets_[attempt] != nullptr) {
    sockets_[attempt]->answer(herd_.loop_.now(), accepts ? 0 : ECONNREFUSED);
  } else if (accepts) {
    ++endpoint_of(attempt).wasted;
  }
}

}  // namespace connect_by_list

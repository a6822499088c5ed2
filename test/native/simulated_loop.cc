#include "simulated_loop.h"

#include <algorithm>
#include <utility>

namespace connect_by_list {

namespace {

// A turn of the real loop takes no less.
constexpr Micros kTurn = 1'000;

class SimulatedTimer final : public System::Timer {
 public:
  SimulatedTimer(SimulatedLoop& loop, std::function<void()> wake, std::function<void()> woken)
      : loop_(loop), wake_(std::move(wake)), woken_(std::move(woken)) {}
  SimulatedTimer(const SimulatedTimer&) = delete;
  SimulatedTimer& operator=(const SimulatedTimer&) = delete;
  ~SimulatedTimer() override { stop(); }

  void set(Micros at) override { add(at, woken_); }
  void set_next_turn() override { add(loop_.now() + kTurn, {}); }
  void set_ref(bool /*is_ref*/) override {}

  void stop() override {
    if (event_) loop_.cancel(*std::exchange(event_, std::nullopt));
  }

 private:
  void add(Micros at, const std::function<void()>& then) {
    stop();
    event_ = loop_.add(at, SimulatedLoop::Phase::kTimers, [this, then] {
      event_.reset();
      // The owner may destroy the timer.
      const std::function<void()> wake = wake_;
      const std::function<void()> woken = then;
      wake();
      if (woken) woken();
    });
  }

  SimulatedLoop& loop_;
  std::function<void()> wake_;
  std::function<void()> woken_;
  std::optional<SimulatedLoop::Event> event_;
};

}  // namespace

SimulatedLoop::Event SimulatedLoop::add(Micros at, Phase phase, std::function<void()> happen) {
  const Event event{phase, at, added_++};
  of(phase).emplace(std::make_pair(at, event.number), std::move(happen));
  return event;
}

bool SimulatedLoop::turn(Micros stall) {
  Micros at = kNever;
  for (const Events& events : events_) {
    if (!events.empty()) at = std::min(at, events.begin()->first.first);
  }
  if (at == kNever) return false;
  now_ = std::max(now_, at + stall);
  const std::uint64_t before = added_;
  for (Events& events : events_) {
    // What is added meanwhile has a larger number, and stays for the next turn.
    auto next = events.begin();
    while (next != events.end() && next->first.first <= now_) {
      const auto key = next->first;
      if (key.second >= before) {
        ++next;
        continue;
      }
      const std::function<void()> happen = std::move(next->second);
      events.erase(next);
      happen();
      next = events.upper_bound(key);
    }
  }
  return true;
}

SimulatedSocket::~SimulatedSocket() {
  stop();
  network_.closed(*this, is_ended_);
}

void SimulatedSocket::answer(Micros at, int error) {
  answers_at_ = at;
  error_ = error;
  expect();
}

int SimulatedSocket::bind(const Address& /*local*/) { return 0; }

ConnectProgress SimulatedSocket::connect(const Address& remote) {
  network_.connect(*this, remote);
  return {Progress::kPending, 0};
}

ConnectProgress SimulatedSocket::poll_connect() {
  if (loop_.now() < answers_at_) return {Progress::kPending, 0};
  if (!std::exchange(is_told_, true)) network_.told(*this, error_);
  is_ended_ = error_ != 0;
  return {error_ == 0 ? Progress::kConnected : Progress::kFailed, error_};
}

int SimulatedSocket::watch(std::function<void()> ready) {
  ready_ = std::move(ready);
  expect();
  return 0;
}

SocketHandle SimulatedSocket::release() {
  stop();
  is_ended_ = true;
  return {};  // There is no descriptor.
}

void SimulatedSocket::stop() {
  if (event_) loop_.cancel(*std::exchange(event_, std::nullopt));
}

void SimulatedSocket::expect() {
  stop();
  if (answers_at_ == kNever || !ready_) return;
  event_ = loop_.add(answers_at_, SimulatedLoop::Phase::kPoll, [this] {
    event_.reset();
    const std::function<void()> ready = ready_;  // It may destroy the socket.
    ready();
  });
}

System::Opened SimulatedSystem::open(int /*family*/) {
  return {std::make_unique<SimulatedSocket>(loop_, network_), 0};
}

std::unique_ptr<System::Timer> SimulatedSystem::make_timer(std::function<void()> wake) {
  return std::make_unique<SimulatedTimer>(loop_, std::move(wake), woken_);
}

}  // namespace connect_by_list

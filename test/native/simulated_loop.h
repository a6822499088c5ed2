// A loop with a time of its own, and the System (race/system.h) that makes RaceCall run on it: its
// clock moves only from one event to the next, and its sockets connect to what a Network of the
// test's makes up.

#ifndef CONNECT_BY_LIST_TEST_NATIVE_SIMULATED_LOOP_H_
#define CONNECT_BY_LIST_TEST_NATIVE_SIMULATED_LOOP_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "race/system.h"

namespace connect_by_list {

class SimulatedLoop {
 public:
  // The order within one turn, which is libuv's: what the caller does, then timers, then sockets
  // and finished work.
  enum class Phase : std::uint8_t { kHandshake, kTimers, kPoll };

  // Names an event; those of one phase and time happen in the order in which they were added.
  struct Event {
    Phase phase;
    Micros at;
    std::uint64_t number;
  };

  explicit SimulatedLoop(Micros start) : now_(start) {}

  Micros now() const { return now_; }
  Event add(Micros at, Phase phase, std::function<void()> happen);
  void cancel(const Event& event) { of(event.phase).erase({event.at, event.number}); }

  // Moves the clock to the next event, and beyond it by `stall`: JavaScript has held the loop. Then
  // everything happens that is due, but for what is added meanwhile. False when no event will come.
  bool turn(Micros stall = 0);

 private:
  using Events = std::map<std::pair<Micros, std::uint64_t>, std::function<void()>>;

  Events& of(Phase phase) { return events_[static_cast<std::size_t>(phase)]; }

  Micros now_;
  std::uint64_t added_ = 0;
  std::array<Events, 3> events_;
};

class SimulatedSocket;

// What is at the other end of the sockets.
class Network {
 public:
  Network() = default;
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;
  virtual ~Network() = default;

  // The socket begins to connect. The answer is socket.answer(), now or later or never.
  virtual void connect(SimulatedSocket& socket, const Address& remote) = 0;
  // RaceCall has learned how it ended: 0 for a success, else an error.
  virtual void told(SimulatedSocket& socket, int error) = 0;
  // The socket is closed. `ended` where RaceCall has been told that it failed, or has released it.
  virtual void closed(SimulatedSocket& socket, bool ended) = 0;
};

class SimulatedSocket final : public System::Socket {
 public:
  SimulatedSocket(SimulatedLoop& loop, Network& network) : loop_(loop), network_(network) {}
  SimulatedSocket(const SimulatedSocket&) = delete;
  SimulatedSocket& operator=(const SimulatedSocket&) = delete;
  ~SimulatedSocket() override;

  // For the network: the answer comes at this time, 0 for a success or an error.
  void answer(Micros at, int error);
  // For the network, to tell its sockets apart.
  std::size_t tag = 0;

  int bind(const Address& local) override;
  ConnectProgress connect(const Address& remote) override;
  ConnectProgress poll_connect() override;
  Address local_address() const override { return {}; }
  int watch(std::function<void()> ready) override;
  void set_ref(bool /*is_ref*/) override {}
  SocketHandle release() override;

 private:
  void stop();
  void expect();

  SimulatedLoop& loop_;
  Network& network_;
  Micros answers_at_ = kNever;
  int error_ = 0;
  bool is_told_ = false;
  bool is_ended_ = false;
  std::function<void()> ready_;
  std::optional<SimulatedLoop::Event> event_;
};

class SimulatedSystem final : public System {
 public:
  // `woken` is called after each time that a timer was due at the time that it had been set to.
  SimulatedSystem(SimulatedLoop& loop, Network& network, std::function<void()> woken = {})
      : loop_(loop), network_(network), woken_(std::move(woken)) {}

  Micros now() const override { return loop_.now(); }
  Opened open(int family) override;
  std::unique_ptr<Timer> make_timer(std::function<void()> wake) override;

 private:
  SimulatedLoop& loop_;
  Network& network_;
  std::function<void()> woken_;
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_TEST_NATIVE_SIMULATED_LOOP_H_

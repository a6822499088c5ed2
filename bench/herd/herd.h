// Many clients with the same list, each with a RaceCall of its own, and the endpoints that they
// meet, on one simulated loop.

#ifndef CONNECT_BY_LIST_BENCH_HERD_HERD_H_
#define CONNECT_BY_LIST_BENCH_HERD_HERD_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "race/race_call.h"
#include "simulated_loop.h"

namespace connect_by_list {

// In what order a client tries the endpoints of the list.
enum class Order : std::uint8_t {
  kOfTheList,
  kShuffled,  // A policy that shuffles.
  kRotated,   // A policy that begins somewhere by chance, and goes round.
};

enum class Death : std::uint8_t { kNone, kSilent, kRefuses };

// What a row of the report is about.
struct Setting {
  std::string name;
  Order order = Order::kOfTheList;
  std::optional<Micros> attempt_delay;
  Micros attempt_timeout = kNever;
};

// A listener as Linux has one: a SYN that comes when the queue is full is dropped; whoever is in
// the queue has its SYN-ACK at once, and waits there to be accepted.
class Endpoint {
 public:
  explicit Endpoint(Death death) : death_(death) {}

  enum class Reply : std::uint8_t { kSynAck, kReset, kNone };
  Reply syn(Micros now);

  Death death() const { return death_; }
  std::int64_t syns() const { return syns_; }
  std::int64_t dropped() const { return dropped_; }
  // The most SYNs in any tenth of a second.
  std::int64_t peak() const;

  std::int64_t won = 0;     // Connections that a client kept.
  std::int64_t wasted = 0;  // Those whose client had another by then.

 private:
  Death death_;
  std::int64_t syns_ = 0;
  std::int64_t dropped_ = 0;
  double queue_ = 0;
  Micros seen_ = 0;
  std::vector<std::int64_t> tenths_;
};

class Herd final : public RaceCall::Listener {
 public:
  Herd(const Setting& setting, std::size_t clients, const std::vector<Death>& list);

  void run();

  const std::vector<Endpoint>& endpoints() const { return endpoints_; }
  // When the clients had their connections, counted from their own start, sorted.
  const std::vector<Micros>& times() const { return times_; }
  std::size_t failed() const { return failed_; }

  void finished(std::uint32_t id) override;
  void candidates_needed(std::uint32_t /*id*/) override {}
  void changed(std::uint32_t /*id*/) override {}

 private:
  // One client, and its way to the endpoints.
  class Client final : public Network {
   public:
    Client(Herd& herd, std::vector<std::uint8_t> order, Micros one_way);

    void begin(std::uint32_t id, const std::vector<RaceCall::Candidate>& candidates,
               const RaceOptions& options);
    RaceCall& race() { return *race_; }
    Endpoint& endpoint_of(std::size_t attempt) { return herd_.endpoints_[order_[attempt]]; }

    void connect(SimulatedSocket& socket, const Address& remote) override;
    void told(SimulatedSocket& /*socket*/, int /*error*/) override {}
    void closed(SimulatedSocket& socket, bool ended) override;

   private:
    void send(std::size_t attempt, int retry);
    void arrive(std::size_t attempt);
    void answer(std::size_t attempt, Endpoint::Reply reply);

    Herd& herd_;
    std::vector<std::uint8_t> order_;
    Micros one_way_;
    std::vector<SimulatedSocket*> sockets_;  // While they connect, by their attempt.
    SimulatedSystem system_;
    std::unique_ptr<RaceCall> race_;
  };

  void add(Micros after, std::function<void()> happen) {
    loop_.add(loop_.now() + after, SimulatedLoop::Phase::kPoll, std::move(happen));
  }

  SimulatedLoop loop_{0};
  std::vector<Endpoint> endpoints_;
  std::vector<RaceCall::Candidate> candidates_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<Micros> times_;
  std::size_t failed_ = 0;
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_BENCH_HERD_HERD_H_

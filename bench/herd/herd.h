// Many clients with the same list, each with the real race (core/race.h), and the endpoints that
// they meet, on one made-up clock.

#ifndef CONNECT_BY_LIST_BENCH_HERD_HERD_H_
#define CONNECT_BY_LIST_BENCH_HERD_HERD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "core/race.h"

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

class Herd {
 public:
  Herd(const Setting& setting, std::size_t clients, const std::vector<Death>& list);

  void run();

  const std::vector<Endpoint>& endpoints() const { return endpoints_; }
  // When the clients had their connections, counted from their own start, sorted.
  const std::vector<Micros>& times() const { return times_; }
  std::size_t failed() const { return failed_; }

 private:
  struct Client {
    Race race;
    std::vector<std::uint8_t> order;
    Micros start;
    Micros one_way;
  };
  struct Event {
    enum class Kind : std::uint8_t { kWake, kSyn, kSynAck, kReset, kRetransmit };
    Micros at;
    std::uint32_t client;
    std::uint16_t attempt;
    std::uint8_t retry;
    Kind kind;
    bool operator<(const Event& other) const { return at > other.at; }
  };

  void handle(const Event& event);
  void send(std::uint32_t client, std::size_t attempt, std::uint8_t retry, Micros now);
  void arrive(const Event& event);
  void pump(std::uint32_t client, Micros now);
  Endpoint& endpoint_of(std::uint32_t client, std::size_t attempt);
  bool runs(std::uint32_t client, std::size_t attempt) const;

  std::vector<Endpoint> endpoints_;
  std::vector<Client> clients_;
  std::priority_queue<Event> events_;
  std::vector<Micros> times_;
  std::size_t failed_ = 0;
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_BENCH_HERD_HERD_H_

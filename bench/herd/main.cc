// Simulates the herd for the report: 100,000 clients start at once with the same list of 16, half
// of which is dead. A line of JSON for each world and setting; herd.mjs reads them.

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "herd.h"

namespace connect_by_list {

namespace {

constexpr std::size_t kClients = 100'000;
constexpr std::size_t kEndpoints = 16;
constexpr Micros kMilli = 1'000;

struct WorldOfEndpoints {
  std::string name;
  std::vector<Death> list;
};

std::vector<WorldOfEndpoints> worlds() {
  std::vector<Death> healthy(kEndpoints, Death::kNone);
  std::vector<Death> silent = healthy;
  std::vector<Death> refusing = healthy;
  for (std::size_t i = 0; i < kEndpoints / 2; ++i) {
    silent[i] = Death::kSilent;
    refusing[i] = Death::kRefuses;
  }
  return {{"healthy", healthy}, {"silent", silent}, {"refusing", refusing}};
}

std::vector<Setting> settings() {
  const auto millis = [](std::int64_t count) { return count * kMilli; };
  return {
      {"as it is", Order::kOfTheList, {}, kNever},
      {"attemptDelay: 10", Order::kOfTheList, millis(10), kNever},
      {"attemptDelay: 1000", Order::kOfTheList, millis(1'000), kNever},
      {"attemptDelay: Infinity, attemptTimeout: 1000", Order::kOfTheList, kNever, millis(1'000)},
      {"policy rotates", Order::kRotated, {}, kNever},
      {"policy shuffles", Order::kShuffled, {}, kNever},
      {"policy shuffles, attemptDelay: 10", Order::kShuffled, millis(10), kNever},
      {"policy shuffles, attemptDelay: 1000", Order::kShuffled, millis(1'000), kNever},
  };
}

void print(const WorldOfEndpoints& world, const Setting& setting, const Herd& herd) {
  const auto list = [&herd](const char* name, auto read) {
    std::cout << ",\"" << name << "\":[";
    for (std::size_t i = 0; i < herd.endpoints().size(); ++i) {
      std::cout << (i ? "," : "") << read(herd.endpoints()[i]);
    }
    std::cout << ']';
  };
  const auto time_at = [&herd](std::size_t percent) {
    const std::vector<Micros>& times = herd.times();
    if (times.empty()) return 0.0;
    const std::size_t place = (times.size() - 1) * percent / 100;
    return static_cast<double>(times[place]) / kMilli;
  };
  std::cout << R"({"world":")" << world.name << R"(","setting":")" << setting.name << '"';
  list("syns", [](const Endpoint& endpoint) { return endpoint.syns(); });
  list("dropped", [](const Endpoint& endpoint) { return endpoint.dropped(); });
  list("peak", [](const Endpoint& endpoint) { return endpoint.peak(); });
  list("won", [](const Endpoint& endpoint) { return endpoint.won; });
  list("wasted", [](const Endpoint& endpoint) { return endpoint.wasted; });
  std::cout << ",\"failed\":" << herd.failed() << ",\"median\":" << time_at(50)
            << ",\"p99\":" << time_at(99) << ",\"last\":" << time_at(100) << "}\n";
}

}  // namespace

}  // namespace connect_by_list

int main() {
  using namespace connect_by_list;
  for (const auto& world : worlds()) {
    for (const Setting& setting : settings()) {
      Herd herd(setting, kClients, world.list);
      herd.run();
      print(world, setting, herd);
    }
  }
}

// What has to be true of every race in every world, one rule a promise. The properties and the
// simulation check the same list.

#ifndef CONNECT_BY_LIST_TEST_NATIVE_RACE_RULES_H_
#define CONNECT_BY_LIST_TEST_NATIVE_RACE_RULES_H_

#include <array>

#include "simulated_world.h"

namespace connect_by_list {

struct Rule {
  const char* promise;
  bool (*kept)(const World& world, const Story& story);
};

inline constexpr std::size_t kRuleCount = 17;
extern const std::array<Rule, kRuleCount> kRaceRules;

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_TEST_NATIVE_RACE_RULES_H_

// A promise that an input breaks ends the run, and libFuzzer keeps the input.

#ifndef CONNECT_BY_LIST_TEST_FUZZ_CHECK_H_
#define CONNECT_BY_LIST_TEST_FUZZ_CHECK_H_

#include <cstdio>
#include <cstdlib>
#include <string>

namespace connect_by_list {

inline void check(bool kept, const char* promise, const std::string& story = {}) {
  if (kept) return;
  std::fprintf(stderr, "broken: %s %s\n", promise, story.c_str());
  std::abort();
}

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_TEST_FUZZ_CHECK_H_

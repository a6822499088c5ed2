// Programs that are wrong, each in a way that one of the tools has to find: a tool that says
// nothing about its own is not at work, and what it says about ours would be worth nothing.

#include <climits>
#include <cstdio>
#include <cstring>
#include <memory>
#include <thread>

namespace {

int use_after_free() {
  auto memory = std::make_unique<volatile int[]>(8);
  const volatile int* gone = memory.get();
  memory.reset();
  return gone[0];  // NOLINT(clang-analyzer-cplusplus.NewDelete): it is what this is for.
}

int leak() {
  auto* volatile kept = new char[64];
  kept[0] = 1;
  kept = nullptr;
  return 0;
}

int overflow(int most) { return most + 1; }

int data_race() {
  int counter = 0;
  std::thread other([&counter] { ++counter; });
  ++counter;
  other.join();
  return counter;
}

}  // namespace

int main(int count, char** arguments) {
  const char* what = count > 1 ? arguments[1] : "";
  if (std::strcmp(what, "use-after-free") == 0) std::printf("%d\n", use_after_free());
  if (std::strcmp(what, "leak") == 0) return leak();
  if (std::strcmp(what, "overflow") == 0) std::printf("%d\n", overflow(INT_MAX - 1 + count / 2));
  if (std::strcmp(what, "data-race") == 0) std::printf("%d\n", data_race());
  return 0;
}

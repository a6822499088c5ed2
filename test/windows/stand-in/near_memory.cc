#include "near_memory.h"

#include <cstdint>

namespace stand_in {

void* AllocateNear(HMODULE module, std::size_t size) {
  SYSTEM_INFO system = {};
  GetSystemInfo(&system);
  const std::uintptr_t granularity = system.dwAllocationGranularity;
  const std::uintptr_t highest =
      reinterpret_cast<std::uintptr_t>(system.lpMaximumApplicationAddress);
  const std::uintptr_t base = reinterpret_cast<std::uintptr_t>(module);
  // An offset in a header is unsigned and 32 bits wide, which would reach 4 GB. Half of that is
  // enough, and stays right for a reader that takes offsets for signed numbers.
  constexpr std::uintptr_t kReach = 0x7fff0000u;
  const std::uintptr_t end = highest - base > kReach ? base + kReach : highest;

  std::uintptr_t at = base;
  while (at < end) {
    MEMORY_BASIC_INFORMATION region = {};
    if (VirtualQuery(reinterpret_cast<const void*>(at), &region, sizeof(region)) == 0) break;
    const std::uintptr_t start = reinterpret_cast<std::uintptr_t>(region.BaseAddress);
    const std::uintptr_t after = start + region.RegionSize;
    const std::uintptr_t aligned = (at + granularity - 1) / granularity * granularity;
    if (region.State == MEM_FREE && aligned + size <= after && aligned + size <= end) {
      void* memory = VirtualAlloc(reinterpret_cast<void*>(aligned), size, MEM_RESERVE | MEM_COMMIT,
                                  PAGE_READWRITE);
      if (memory != nullptr) return memory;
      // Another thread was faster, or the system keeps this place for itself: look behind it.
      at = aligned + granularity;
      continue;
    }
    if (after <= at) break;
    at = after;
  }
#ifdef _WIN64
  return nullptr;
#else
  // Offsets are added to the base modulo 4 GB here, so every address can be reached.
  return VirtualAlloc(nullptr, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
#endif
}

}  // namespace stand_in

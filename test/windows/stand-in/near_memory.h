// Memory that a module can point to with the 32-bit offsets of its own headers.

#ifndef CONNECT_BY_LIST_STAND_IN_NEAR_MEMORY_H_
#define CONNECT_BY_LIST_STAND_IN_NEAR_MEMORY_H_

#include <cstddef>

#include "winsock_headers.h"

namespace stand_in {

// Commits `size` zeroed, writable bytes within 2 GB above the module's base, or returns nullptr.
// They are never given back: addresses inside them are handed out to whoever asks the module for
// its exports, and nobody can know when the last of these has been forgotten.
void* AllocateNear(HMODULE module, std::size_t size);

}  // namespace stand_in

#endif  // CONNECT_BY_LIST_STAND_IN_NEAR_MEMORY_H_

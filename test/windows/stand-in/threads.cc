#include "threads.h"

// clang-format off
#include <tlhelp32.h>
// clang-format on

#include <cstdint>

#include "owned.h"

namespace stand_in {
namespace {

// Larger than any real time for a thread that has ended meanwhile.
std::uint64_t CreationTime(DWORD id) {
  const Handle thread(OpenThread(THREAD_QUERY_INFORMATION, FALSE, id));
  FILETIME created = {};
  FILETIME other = {};
  if (thread.get() == nullptr || !GetThreadTimes(thread.get(), &created, &other, &other, &other)) {
    return UINT64_MAX;
  }
  return (static_cast<std::uint64_t>(created.dwHighDateTime) << 32) | created.dwLowDateTime;
}

}  // namespace

DWORD MainThreadId() {
  // The snapshot has the threads of all processes.
  const HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
  if (snapshot == INVALID_HANDLE_VALUE) return 0;
  const Handle owned(snapshot);
  THREADENTRY32 entry = {};
  entry.dwSize = sizeof(entry);
  DWORD oldest = 0;
  std::uint64_t earliest = UINT64_MAX;
  for (BOOL more = Thread32First(snapshot, &entry); more; more = Thread32Next(snapshot, &entry)) {
    if (entry.th32OwnerProcessID != GetCurrentProcessId()) continue;
    const std::uint64_t created = CreationTime(entry.th32ThreadID);
    if (created < earliest) {
      earliest = created;
      oldest = entry.th32ThreadID;
    }
  }
  return oldest;
}

}  // namespace stand_in

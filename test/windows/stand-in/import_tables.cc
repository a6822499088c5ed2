#include "import_tables.h"

// clang-format off
#include <psapi.h>
#include <delayimp.h>
// clang-format on

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace stand_in {
namespace {

template <typename T>
T* At(HMODULE module, DWORD offset) {
  return reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(module) + offset);
}

void Replace(void** slot, const void* value) {
  MEMORY_BASIC_INFORMATION region = {};
  if (VirtualQuery(slot, &region, sizeof(region)) == 0) return;
  // Some linkers put the table among the code, which must stay executable meanwhile: other threads
  // are running it.
  constexpr DWORD kExecutable =
      PAGE_EXECUTE | PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY;
  const DWORD writable =
      (region.Protect & kExecutable) != 0 ? PAGE_EXECUTE_READWRITE : PAGE_READWRITE;
  DWORD before = 0;
  if (!VirtualProtect(slot, sizeof(*slot), writable, &before)) return;
  InterlockedExchangePointer(slot, const_cast<void*>(value));
  VirtualProtect(slot, sizeof(*slot), before, &before);
}

// A table of addresses ends with a null one.
void RedirectTable(void** slot, const std::vector<Redirection>& redirections) {
  for (; *slot != nullptr; ++slot) {
    for (const Redirection& redirection : redirections) {
      if (*slot == redirection.from) {
        Replace(slot, redirection.to);
        break;
      }
    }
  }
}

void RedirectModule(HMODULE module, const std::vector<Redirection>& redirections) {
  const auto* dos = At<const IMAGE_DOS_HEADER>(module, 0);
  if (dos->e_magic != IMAGE_DOS_SIGNATURE) return;
  const auto* nt = At<const IMAGE_NT_HEADERS>(module, static_cast<DWORD>(dos->e_lfanew));
  if (nt->Signature != IMAGE_NT_SIGNATURE) return;
  const auto* directories = nt->OptionalHeader.DataDirectory;

  const DWORD imports = directories[IMAGE_DIRECTORY_ENTRY_IMPORT].VirtualAddress;
  if (imports != 0) {
    const auto* entry = At<const IMAGE_IMPORT_DESCRIPTOR>(module, imports);
    for (; entry->Name != 0 && entry->FirstThunk != 0; ++entry) {
      RedirectTable(At<void*>(module, entry->FirstThunk), redirections);
    }
  }
  const DWORD delayed = directories[IMAGE_DIRECTORY_ENTRY_DELAY_IMPORT].VirtualAddress;
  if (delayed != 0) {
    const auto* entry = At<const ImgDelayDescr>(module, delayed);
    for (; entry->rvaDLLName != 0; ++entry) {
      // Before Visual C++ 7 these were addresses instead of offsets; nothing loaded here is that
      // old.
      if ((entry->grAttrs & dlattrRva) == 0 || entry->rvaIAT == 0) continue;
      RedirectTable(At<void*>(module, entry->rvaIAT), redirections);
    }
  }
}

}  // namespace

void RedirectImports(const std::vector<Redirection>& redirections,
                     const std::vector<HMODULE>& spared) {
  std::vector<HMODULE> modules(256);
  for (;;) {
    DWORD needed = 0;
    const DWORD size = static_cast<DWORD>(modules.size() * sizeof(HMODULE));
    if (!K32EnumProcessModules(GetCurrentProcess(), modules.data(), size, &needed)) return;
    modules.resize(needed / sizeof(HMODULE));
    if (needed <= size) break;
  }
  for (const HMODULE module : modules) {
    if (std::find(spared.begin(), spared.end(), module) != spared.end()) continue;
    // Another thread can unload a module after it was listed. A reference of our own prevents it.
    HMODULE held = nullptr;
    if (!GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                            reinterpret_cast<const wchar_t*>(module), &held)) {
      continue;
    }
    if (held == module) RedirectModule(module, redirections);
    FreeLibrary(held);
  }
}

}  // namespace stand_in

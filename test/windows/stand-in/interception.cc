#include "interception.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "connect_by_list.h"
#include "export_directory.h"
#include "import_tables.h"
#include "owned.h"
#include "watching.h"

namespace stand_in {
namespace {

// CancelIoEx and its like are in kernelbase.dll, and kernel32.dll has doors to it. Callers come by
// either.
constexpr std::array<const wchar_t*, 3> kLibraries = {L"ws2_32.dll", L"kernel32.dll",
                                                      L"kernelbase.dll"};

struct Patched {
  HMODULE module = nullptr;
  ExportDirectory directory;
};

// One per process, guarded by its mutex; never destroyed, as its directories stay in use.
struct Installation {
  Mutex mutex;
  bool prepared = false;
  std::array<Patched, kLibraries.size()> libraries;
  std::vector<Redirection> redirections;
  std::vector<HMODULE> spared;
};

Installation& TheInstallation() {
  static Installation* installation = new Installation;
  return *installation;
}

template <typename Function>
const void* AddressOf(Function* function) {
  const void* address = nullptr;
  static_assert(sizeof(address) == sizeof(function), "Pointers to functions have one size.");
  std::memcpy(&address, &function, sizeof(address));
  return address;
}

// Builds everything without changing anything. Our own imports were bound when this addon was
// loaded, so what is called by name here and in watching.cc is the system's, also later.
const char* Prepare(Installation& installation) {
  HMODULE self = nullptr;
  if (!GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                          static_cast<const wchar_t*>(AddressOf(&Install)), &self)) {
    return "The stand-in cannot be kept loaded.";
  }
  installation.spared.push_back(self);

  for (std::size_t i = 0; i < kLibraries.size(); ++i) {
    HMODULE module = nullptr;
    if (!GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN, kLibraries[i], &module)) {
      return "A system library that the stand-in needs is not loaded.";
    }
    std::vector<Export> exports;
    for (const Watcher& watcher : Watchers()) {
      // A name that is elsewhere, or in another version of Windows, is not added here.
      const FARPROC original = GetProcAddress(module, watcher.name);
      if (original == nullptr) continue;
      exports.push_back({watcher.name, watcher.function});
      installation.redirections.push_back({AddressOf(original), watcher.function});
    }
    if (i == 0) exports.push_back({"WSAConnectByList", AddressOf(&ConnectByList)});
    installation.libraries[i].module = module;
    if (!installation.libraries[i].directory.Build(module, exports)) {
      return "A new export directory could not be made.";
    }
    // These libraries call each other, and themselves, past us: kernel32's CancelIoEx would
    // otherwise be seen twice.
    installation.spared.push_back(module);
  }
  installation.prepared = true;
  return nullptr;
}

}  // namespace

const char* Install() {
  Installation& installation = TheInstallation();
  Guard guard(installation.mutex);
  if (!installation.prepared) {
    const char* error = Prepare(installation);
    if (error != nullptr) return error;
  }
  // The exports first: a module that is being loaded meanwhile is then either bound to them, or
  // finished and in the list of modules.
  for (Patched& library : installation.libraries) {
    if (!library.directory.PutIn()) return "An export directory could not be put in.";
  }
  RedirectImports(installation.redirections, installation.spared);
  return nullptr;
}

const char* Remove() {
  Installation& installation = TheInstallation();
  Guard guard(installation.mutex);
  if (!installation.prepared) return nullptr;
  for (Patched& library : installation.libraries) {
    if (!library.directory.TakeOut()) return "An export directory could not be put back.";
  }
  return nullptr;
}

}  // namespace stand_in

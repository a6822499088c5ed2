#include "export_directory.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>

#include "near_memory.h"

namespace stand_in {
namespace {

// Offsets from the module's base ("relative virtual addresses") are what its tables consist of.
template <typename T>
T* At(HMODULE module, DWORD offset) {
  return reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(module) + offset);
}

DWORD OffsetOf(HMODULE module, const void* address) {
  return static_cast<DWORD>(reinterpret_cast<std::uintptr_t>(address) -
                            reinterpret_cast<std::uintptr_t>(module));
}

// An export may be 4 GB away at most, and the addon's functions can be farther. What is exported is
// therefore a jump beside the new directory. It uses the accumulator, which carries nothing on
// entry to a function in any of Windows' calling conventions.
#if defined(_M_X64) || defined(__x86_64__)
constexpr unsigned char kLoadAccumulator[] = {0x48, 0xb8};
#elif defined(_M_IX86) || defined(__i386__)
constexpr unsigned char kLoadAccumulator[] = {0xb8};
#else
#error "The stand-in knows how to jump on x64 and ia32 only."
#endif
constexpr unsigned char kJumpToAccumulator[] = {0xff, 0xe0};
constexpr std::size_t kJumpSize = 16;

void WriteJump(unsigned char* at, const void* target) {
  std::memcpy(at, kLoadAccumulator, sizeof(kLoadAccumulator));
  at += sizeof(kLoadAccumulator);
  std::memcpy(at, &target, sizeof(target));
  at += sizeof(target);
  std::memcpy(at, kJumpToAccumulator, sizeof(kJumpToAccumulator));
}

constexpr std::size_t kPage = 4096;

std::size_t RoundUp(std::size_t size, std::size_t unit) { return (size + unit - 1) / unit * unit; }

}  // namespace

// The directory taken apart. Everything is kept by content, since the places change.
struct ExportDirectory::Tables {
  struct Function {
    DWORD offset = 0;              // Where it is, if it is neither of the next two.
    std::string forward;           // "OTHER.Name": another module has it.
    const void* target = nullptr;  // One of ours, reached by a jump.
  };
  struct Name {
    std::string text;
    WORD index = 0;  // Into the functions.
  };

  IMAGE_EXPORT_DIRECTORY head = {};
  std::vector<Function> functions;
  std::vector<Name> names;  // In the order of strcmp: readers search by halving.
};

bool ExportDirectory::Build(HMODULE module, const std::vector<Export>& exports) {
  const auto* dos = At<const IMAGE_DOS_HEADER>(module, 0);
  if (dos->e_magic != IMAGE_DOS_SIGNATURE) return false;
  auto* nt = At<IMAGE_NT_HEADERS>(module, static_cast<DWORD>(dos->e_lfanew));
  if (nt->Signature != IMAGE_NT_SIGNATURE) return false;
  module_ = module;
  header_ = &nt->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_EXPORT];
  old_ = *header_;
  if (old_.VirtualAddress == 0) return false;

  Tables tables;
  tables.head = *At<const IMAGE_EXPORT_DIRECTORY>(module, old_.VirtualAddress);
  const auto* functions = At<const DWORD>(module, tables.head.AddressOfFunctions);
  for (DWORD i = 0; i < tables.head.NumberOfFunctions; ++i) {
    Tables::Function function;
    function.offset = functions[i];
    // What lies inside the old directory is no function but the name of one elsewhere. Only its
    // place says so, which is why such names have to move into the new directory.
    if (function.offset - old_.VirtualAddress < old_.Size) {
      function.forward = At<const char>(module, function.offset);
    }
    tables.functions.push_back(std::move(function));
  }
  const auto* names = At<const DWORD>(module, tables.head.AddressOfNames);
  const auto* indices = At<const WORD>(module, tables.head.AddressOfNameOrdinals);
  for (DWORD i = 0; i < tables.head.NumberOfNames; ++i) {
    tables.names.push_back({At<const char>(module, names[i]), indices[i]});
  }

  for (const Export& wanted : exports) {
    const auto place = std::lower_bound(
        tables.names.begin(), tables.names.end(), wanted.name,
        [](const Tables::Name& name, const char* text) { return name.text < text; });
    Tables::Function function;
    function.target = wanted.function;
    if (place != tables.names.end() && place->text == wanted.name) {
      if (place->index >= tables.functions.size()) return false;
      // In its old place, since many modules import Winsock's functions by ordinal.
      tables.functions[place->index] = std::move(function);
    } else {
      if (tables.functions.size() > 0xffff) return false;
      tables.names.insert(place, {wanted.name, static_cast<WORD>(tables.functions.size())});
      tables.functions.push_back(std::move(function));
    }
  }
  return Write(tables);
}

bool ExportDirectory::Write(const Tables& tables) {
  const std::size_t functions_at = sizeof(IMAGE_EXPORT_DIRECTORY);
  const std::size_t names_at = functions_at + tables.functions.size() * sizeof(DWORD);
  const std::size_t indices_at = names_at + tables.names.size() * sizeof(DWORD);
  std::size_t text_at = indices_at + tables.names.size() * sizeof(WORD);
  std::size_t size = text_at;
  std::size_t jumps = 0;
  for (const Tables::Function& function : tables.functions) {
    if (!function.forward.empty()) size += function.forward.size() + 1;
    if (function.target != nullptr) ++jumps;
  }
  for (const Tables::Name& name : tables.names) size += name.text.size() + 1;

  // The jumps have pages of their own behind the directory: they are to be executable, and they
  // must not lie inside the directory, or they would be taken for the names of functions elsewhere.
  const std::size_t code_at = RoundUp(size, kPage);
  const std::size_t code_size = RoundUp(jumps * kJumpSize, kPage);
  auto* memory = static_cast<unsigned char*>(AllocateNear(module_, code_at + code_size));
  if (memory == nullptr) return false;

  const auto place_text = [&](const std::string& text) {
    const DWORD offset = OffsetOf(module_, memory + text_at);
    std::memcpy(memory + text_at, text.c_str(), text.size() + 1);
    text_at += text.size() + 1;
    return offset;
  };
  auto* functions = reinterpret_cast<DWORD*>(memory + functions_at);
  unsigned char* jump = memory + code_at;
  for (std::size_t i = 0; i < tables.functions.size(); ++i) {
    const Tables::Function& function = tables.functions[i];
    if (function.target != nullptr) {
      WriteJump(jump, function.target);
      functions[i] = OffsetOf(module_, jump);
      jump += kJumpSize;
    } else {
      functions[i] = function.forward.empty() ? function.offset : place_text(function.forward);
    }
  }
  auto* names = reinterpret_cast<DWORD*>(memory + names_at);
  auto* indices = reinterpret_cast<WORD*>(memory + indices_at);
  for (std::size_t i = 0; i < tables.names.size(); ++i) {
    names[i] = place_text(tables.names[i].text);
    indices[i] = tables.names[i].index;
  }
  IMAGE_EXPORT_DIRECTORY head = tables.head;
  head.NumberOfFunctions = static_cast<DWORD>(tables.functions.size());
  head.NumberOfNames = static_cast<DWORD>(tables.names.size());
  head.AddressOfFunctions = OffsetOf(module_, memory + functions_at);
  head.AddressOfNames = OffsetOf(module_, memory + names_at);
  head.AddressOfNameOrdinals = OffsetOf(module_, memory + indices_at);
  std::memcpy(memory, &head, sizeof(head));

  DWORD before = 0;
  if (!VirtualProtect(memory, code_at, PAGE_READONLY, &before)) return false;
  if (code_size != 0 && !VirtualProtect(memory + code_at, code_size, PAGE_EXECUTE_READ, &before)) {
    return false;
  }
  FlushInstructionCache(GetCurrentProcess(), memory + code_at, code_size);
  new_.VirtualAddress = OffsetOf(module_, memory);
  new_.Size = static_cast<DWORD>(size);
  return true;
}

bool ExportDirectory::PutIn() { return Store(new_); }

bool ExportDirectory::TakeOut() { return Store(old_); }

bool ExportDirectory::Store(const IMAGE_DATA_DIRECTORY& value) {
  if (header_ == nullptr || value.VirtualAddress == 0) return false;
  DWORD before = 0;
  if (!VirtualProtect(header_, sizeof(*header_), PAGE_READWRITE, &before)) return false;
  // Place and size change in one step. The headers put the entry on a multiple of 8 bytes, so this
  // is one store on x64 and one locked exchange on ia32.
  LONG64 both = 0;
  static_assert(sizeof(both) == sizeof(value), "An entry of the data directory has 8 bytes.");
  std::memcpy(&both, &value, sizeof(both));
  InterlockedExchange64(reinterpret_cast<LONG64 volatile*>(header_), both);
  VirtualProtect(header_, sizeof(*header_), before, &before);
  return true;
}

}  // namespace stand_in

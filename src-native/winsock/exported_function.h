// Functions that not every Windows exports: looked up in the loaded library, because a static
// import of a missing function would keep the whole addon from loading.

#ifndef CONNECT_BY_LIST_WINSOCK_EXPORTED_FUNCTION_H_
#define CONNECT_BY_LIST_WINSOCK_EXPORTED_FUNCTION_H_

#include <cstring>

#include "core/system_sockets.h"

namespace connect_by_list {

// nullptr where the function is missing: Wine, some sandboxes.
template <typename Function>
Function exported_function(const char* name, const wchar_t* dll = L"ws2_32.dll") {
  const HMODULE library = GetModuleHandleW(dll);
  if (library == nullptr) return nullptr;
  const FARPROC function = GetProcAddress(library, name);
  // Copied, because every cast between types of function pointers triggers a warning in some
  // compiler.
  Function typed = nullptr;
  static_assert(sizeof(typed) == sizeof(function), "both are addresses of functions");
  std::memcpy(&typed, &function, sizeof(typed));
  return typed;
}

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_WINSOCK_EXPORTED_FUNCTION_H_

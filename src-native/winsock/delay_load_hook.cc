// The addon imports Node-API and libuv from "node.exe", because an import on Windows has
// to name a module. The host is often called something else: electron.exe, an
// application's own name, a renamed node.exe. Windows would then look for a file node.exe
// and fail to load the addon, or load a second Node into the process. The imports are
// therefore linked for delayed loading, and this hook, which the loader's helper asks
// before it looks for a file, answers with the executable that is already running. See
// Microsoft's page "Linker support for delay-loaded DLLs" and the one on its
// notification hooks.
//
// This file belongs to the CMake build only. node-gyp adds a hook of its own,
// win_delay_load_hook, to what it builds on Windows, and there can be only one.

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

#include <delayimp.h>

#include <cstring>

namespace {

// The name is compared as the linker wrote it into the addon, in either case: the import
// library decides which, and Windows does not tell them apart.
FARPROC WINAPI AnswerWithHost(unsigned event, DelayLoadInfo* info) {
  if (event != dliNotePreLoadLibrary || _stricmp(info->szDll, "node.exe") != 0) {
    return nullptr;  // The helper goes on in its usual way.
  }
  return reinterpret_cast<FARPROC>(GetModuleHandleW(nullptr));
}

}  // namespace

// The helper reads this variable when the first delayed import is called. Microsoft's
// header declares it const, so that it lies in read-only memory; mingw-w64's does not.
#ifdef _MSC_VER
extern "C" const PfnDliHook __pfnDliNotifyHook2 = AnswerWithHost;
#else
extern "C" PfnDliHook __pfnDliNotifyHook2;
PfnDliHook __pfnDliNotifyHook2 = AnswerWithHost;
#endif

#include "watching.h"

#include <cstring>
#include <optional>

#include "call_record.h"
#include "winsock_headers.h"

namespace stand_in {
namespace {

// All of these run on whatever thread calls them, node.exe's own included, for every socket there
// is. What they call by the system's name is the system's: this addon's imports are spared. They
// look a socket up and pass the call on, but for the few cases that the contract is about.

SOCKET SocketOf(HANDLE handle) { return reinterpret_cast<SOCKET>(handle); }

void Touch(SOCKET s) { Registry::Get().Touch(s); }

// C21: not usable before SO_UPDATE_CONNECT_CONTEXT.
bool Withhold(SOCKET s) {
  if (!Registry::Get().Touch(s)) return false;
  WSASetLastError(WSAENOTCONN);
  return true;
}

int WSAAPI Getsockname(SOCKET s, sockaddr* name, int* length) {
  return Withhold(s) ? SOCKET_ERROR : getsockname(s, name, length);
}

int WSAAPI Getpeername(SOCKET s, sockaddr* name, int* length) {
  return Withhold(s) ? SOCKET_ERROR : getpeername(s, name, length);
}

int WSAAPI Shutdown(SOCKET s, int how) { return Withhold(s) ? SOCKET_ERROR : shutdown(s, how); }

// What the test wants a function to fail with, on whatever socket. True where there is such an
// error.
bool FailsWith(const std::optional<int>& error) {
  if (error) WSASetLastError(*error);
  return error.has_value();
}

SOCKET WSAAPI WatchedWSASocketW(int family, int type, int protocol, WSAPROTOCOL_INFOW* info,
                                GROUP group, DWORD flags) {
  if (FailsWith(Registry::Get().CurrentProgram().fail_socket)) return INVALID_SOCKET;
  return WSASocketW(family, type, protocol, info, group, flags);
}

int WSAAPI Setsockopt(SOCKET s, int level, int name, const char* value, int length) {
  const bool is_v6only = level == IPPROTO_IPV6 && name == IPV6_V6ONLY;
  if (is_v6only && FailsWith(Registry::Get().CurrentProgram().fail_v6only)) return SOCKET_ERROR;
  if (level != SOL_SOCKET || name != SO_UPDATE_CONNECT_CONTEXT) {
    Touch(s);
    return setsockopt(s, level, name, value, length);
  }
  // C21 has the option without a value.
  if (value != nullptr || length != 0) {
    WSASetLastError(WSAEINVAL);
    return SOCKET_ERROR;
  }
  if (FailsWith(Registry::Get().CurrentProgram().fail_update_context)) return SOCKET_ERROR;
  // For a socket that was connected by the stand-in there is nothing to update underneath, and the
  // system, which connected it in the ordinary way, may refuse.
  if (Registry::Get().Release(s)) return 0;
  return setsockopt(s, level, name, value, length);
}

int WSAAPI Closesocket(SOCKET s) {
  Registry::Get().Close(s);
  return closesocket(s);
}

BOOL WINAPI WatchedCancelIoEx(HANDLE file, OVERLAPPED* overlapped) {
  switch (Registry::Get().Cancel(SocketOf(file))) {
    case CancelAnswer::kNotOurs:
      break;
    case CancelAnswer::kNotFound:
      SetLastError(ERROR_NOT_FOUND);
      return FALSE;
    case CancelAnswer::kPassOn:
      // An attempt that hangs in the stand-in has no request for the system to find; it was told.
      CancelIoEx(file, overlapped);
      return TRUE;
    case CancelAnswer::kRecorded:
      return TRUE;
  }
  return CancelIoEx(file, overlapped);
}

// The rest only tells whether SO_UPDATE_CONNECT_CONTEXT was set before anything else touched the
// socket (C21). It is what libuv does first with a socket that it is given, and what else is done
// with a connected one.

int WSAAPI Getsockopt(SOCKET s, int level, int name, char* value, int* length) {
  Touch(s);
  return getsockopt(s, level, name, value, length);
}

int WSAAPI Ioctlsocket(SOCKET s, long command, u_long* argument) {
  Touch(s);
  return ioctlsocket(s, command, argument);
}

int WSAAPI WatchedWSAIoctl(SOCKET s, DWORD code, void* in, DWORD in_size, void* out, DWORD out_size,
                           DWORD* returned, WSAOVERLAPPED* overlapped,
                           LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
  Touch(s);
  if (code == SIO_TCP_INITIAL_RTO) Registry::Get().CountInitialRto();
  if (code == SIO_BASE_HANDLE && Registry::Get().CurrentProgram().layered) {
    const SOCKET base = BaseOf(s);
    std::memcpy(out, &base, sizeof(base));
    *returned = sizeof(base);
    return 0;
  }
  return WSAIoctl(s, code, in, in_size, out, out_size, returned, overlapped, routine);
}

int WSAAPI Select(int count, fd_set* readable, fd_set* writable, fd_set* failed, PTIMEVAL timeout) {
  if (FailsWith(Registry::Get().CurrentProgram().fail_select)) return SOCKET_ERROR;
  return select(count, readable, writable, failed, timeout);
}

// Wine's own, but for the build that a test wants this to be.
LONG WINAPI GetVersion(OSVERSIONINFOW* version) {
  using Function = LONG(WINAPI*)(OSVERSIONINFOW*);
  static const auto original = reinterpret_cast<Function>(
      reinterpret_cast<void*>(GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "RtlGetVersion")));
  const LONG status = original(version);
  const auto build = Registry::Get().CurrentProgram().windows_build;
  if (build) version->dwBuildNumber = *build;
  return status;
}

FARPROC WINAPI WatchedGetProcAddress(HMODULE module, const char* name) {
  // A name whose upper half is 0 is a number.
  const bool is_text = reinterpret_cast<ULONG_PTR>(name) >> 16 != 0;
  if (is_text && std::strcmp(name, "RtlGetVersion") == 0) {
    return reinterpret_cast<FARPROC>(reinterpret_cast<void*>(&GetVersion));
  }
  return GetProcAddress(module, name);
}

int WSAAPI Send(SOCKET s, const char* data, int length, int flags) {
  Touch(s);
  return send(s, data, length, flags);
}

int WSAAPI Recv(SOCKET s, char* data, int length, int flags) {
  Touch(s);
  return recv(s, data, length, flags);
}

int WSAAPI WatchedWSASend(SOCKET s, WSABUF* buffers, DWORD count, DWORD* sent, DWORD flags,
                          WSAOVERLAPPED* overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
  Touch(s);
  return WSASend(s, buffers, count, sent, flags, overlapped, routine);
}

int WSAAPI WatchedWSARecv(SOCKET s, WSABUF* buffers, DWORD count, DWORD* received, DWORD* flags,
                          WSAOVERLAPPED* overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
  Touch(s);
  return WSARecv(s, buffers, count, received, flags, overlapped, routine);
}

HANDLE WINAPI WatchedCreateIoCompletionPort(HANDLE file, HANDLE port, ULONG_PTR key,
                                            DWORD threads) {
  Touch(SocketOf(file));
  return CreateIoCompletionPort(file, port, key, threads);
}

BOOL WINAPI WatchedSetHandleInformation(HANDLE handle, DWORD mask, DWORD flags) {
  Touch(SocketOf(handle));
  return SetHandleInformation(handle, mask, flags);
}

template <typename Function>
Watcher Of(const char* name, Function* function) {
  const void* address = nullptr;
  static_assert(sizeof(address) == sizeof(function), "Pointers to functions have one size.");
  std::memcpy(&address, &function, sizeof(address));
  return {name, address};
}

}  // namespace

const std::vector<Watcher>& Watchers() {
  static const auto* watchers = new std::vector<Watcher>{
      Of("getsockname", &Getsockname),
      Of("getpeername", &Getpeername),
      Of("shutdown", &Shutdown),
      Of("setsockopt", &Setsockopt),
      Of("WSASocketW", &WatchedWSASocketW),
      Of("closesocket", &Closesocket),
      Of("CancelIoEx", &WatchedCancelIoEx),
      Of("getsockopt", &Getsockopt),
      Of("ioctlsocket", &Ioctlsocket),
      Of("WSAIoctl", &WatchedWSAIoctl),
      Of("select", &Select),
      Of("GetProcAddress", &WatchedGetProcAddress),
      Of("send", &Send),
      Of("recv", &Recv),
      Of("WSASend", &WatchedWSASend),
      Of("WSARecv", &WatchedWSARecv),
      Of("CreateIoCompletionPort", &WatchedCreateIoCompletionPort),
      Of("SetHandleInformation", &WatchedSetHandleInformation),
  };
  return *watchers;
}

}  // namespace stand_in

#include "winsock/connect_by_list.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "winsock/address_list.h"

namespace connect_by_list {

namespace {

// libuv starts Winsock for the process before any addon is loaded. Starting is counted, so an addon
// starts it for itself all the same; it never ends it, because sockets that it has handed to Node
// outlive it.
int start_winsock() {
  static const int error = [] {
    WSADATA data{};
    return WSAStartup(MAKEWORD(2, 2), &data);
  }();
  return error;
}

ListResult failure(ListResult::Step step, int error) {
  ListResult result;
  result.failed = step;
  result.error = error;
  return result;
}

}  // namespace

ConnectByListFunction find_connect_by_list() {
  const HMODULE library = GetModuleHandleW(L"ws2_32.dll");
  if (library == nullptr) return nullptr;
  const FARPROC function = GetProcAddress(library, "WSAConnectByList");
  // Copied, not cast: C++ knows no cast between function pointers of different shapes that every
  // compiler lets pass without a word.
  ConnectByListFunction typed = nullptr;
  static_assert(sizeof(typed) == sizeof(function), "both are addresses of functions");
  std::memcpy(&typed, &function, sizeof(typed));
  return typed;
}

ListResult ListCall::run() {
  ListResult result = open();
  if (result.failed == ListResult::Step::kNone) {
    if (begin(result.socket.get())) {
      call(result);
    } else {
      result.failed = ListResult::Step::kConnectByList;
      result.error = WSA_OPERATION_ABORTED;
    }
  }
  end();
  // C22: after a failure the caller closes the socket; after end(), when nobody cancels on it any
  // more.
  if (result.failed != ListResult::Step::kNone) result.socket.reset();
  return result;
}

bool ListCall::cancel() {
  const std::lock_guard<std::mutex> lock(mutex_);
  cancelled_ = true;
  if (returned_) return false;
  // Under the lock the call cannot end, so the number still names this socket.
  if (running_ != kNoSocket) CancelIoEx(reinterpret_cast<HANDLE>(running_), nullptr);
  return true;
}

bool ListCall::begin(NativeSocket socket) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (cancelled_) return false;
  running_ = socket;
  return true;
}

void ListCall::end() {
  const std::lock_guard<std::mutex> lock(mutex_);
  running_ = kNoSocket;
  returned_ = true;
}

ListResult ListCall::open() {
  if (const int error = start_winsock()) return failure(ListResult::Step::kSocket, error);
  const bool only_v4 = std::all_of(remotes_.begin(), remotes_.end(), [](const Address& remote) {
    return remote.family() == AF_INET;
  });

  // C03, C06: a stream socket of AF_INET6 that takes IPv4-mapped addresses too. Unbound (C05),
  // overlapped, because libuv needs that, and not inherited by child processes.
  constexpr DWORD kFlags = WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT;
  ListResult result;
  result.socket = SocketHandle(WSASocketW(AF_INET6, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, kFlags));
  if (!result.socket) {
    const int error = WSAGetLastError();
    // Where IPv6 is switched off, a list of IPv4 addresses only does without it.
    if (error != WSAEAFNOSUPPORT || !only_v4) return failure(ListResult::Step::kSocket, error);
    result.socket = SocketHandle(WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, kFlags));
    if (!result.socket) return failure(ListResult::Step::kSocket, WSAGetLastError());
    family_ = AF_INET;
    return result;
  }
  family_ = AF_INET6;
  const DWORD off = 0;
  if (setsockopt(result.socket.get(), IPPROTO_IPV6, IPV6_V6ONLY,
                 reinterpret_cast<const char*>(&off), sizeof(off)) != 0) {
    return failure(ListResult::Step::kV6Only, WSAGetLastError());
  }
  return result;
}

void ListCall::call(ListResult& result) {
  AddressList list(remotes_, family_);
  sockaddr_storage local{};
  sockaddr_storage remote{};
  DWORD local_length = sizeof(local);
  DWORD remote_length = sizeof(remote);
  const BOOL connected =
      function_(result.socket.get(), list.get(), &local_length,
                reinterpret_cast<LPSOCKADDR>(&local), &remote_length,
                reinterpret_cast<LPSOCKADDR>(&remote), timeout_ ? &*timeout_ : nullptr, nullptr);
  if (!connected) {
    result.error = WSAGetLastError();
    result.failed = ListResult::Step::kConnectByList;
    return;
  }
  // C21: before anything else touches the socket.
  if (setsockopt(result.socket.get(), SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, nullptr, 0) != 0) {
    result.error = WSAGetLastError();
    result.failed = ListResult::Step::kUpdateContext;
    return;
  }
  // C09, with IPv4 in its plain form.
  result.local = Address::from_system(local).unmapped();
  result.remote = Address::from_system(remote).unmapped();
}

}  // namespace connect_by_list

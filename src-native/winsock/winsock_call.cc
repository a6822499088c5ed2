#include "winsock/winsock_call.h"

#include "core/socket_ops.h"

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

// The socket of the provider at the bottom of the chain. CancelIoEx() does nothing to the one that
// a layered provider (of a firewall, a proxy, a VPN) has put in front of it; libuv cancels on this
// one too (SIO_BASE_HANDLE, learn.microsoft.com/windows/win32/winsock/winsock-ioctls).
NativeSocket base_socket(NativeSocket socket) {
  SOCKET base = INVALID_SOCKET;
  DWORD bytes = 0;
  const int failed =
      WSAIoctl(socket, SIO_BASE_HANDLE, nullptr, 0, &base, sizeof(base), &bytes, nullptr, nullptr);
  return failed != 0 || base == INVALID_SOCKET ? socket : base;
}

CallResult failure(CallResult::Step step, int error) {
  CallResult result;
  result.failed = step;
  result.error = error;
  return result;
}

}  // namespace

CallResult WinsockCall::run() {
  CallResult result = open();
  if (result.failed == CallResult::Step::kNone) {
    if (begin(result.socket.get())) {
      call(result);
    } else {
      result.failed = CallResult::Step::kConnect;
      result.error = WSA_OPERATION_ABORTED;
    }
  }
  end();
  // C22: after a failure the caller closes the socket; after end(), when nobody cancels on it any
  // more.
  if (result.failed != CallResult::Step::kNone) result.socket.reset();
  return result;
}

bool WinsockCall::cancel() {
  const std::lock_guard<std::mutex> lock(mutex_);
  cancelled_ = true;
  if (returned_) return false;
  // Under the lock the call cannot end, so the number still names this socket.
  if (running_ != kNoSocket) CancelIoEx(reinterpret_cast<HANDLE>(running_), nullptr);
  return true;
}

bool WinsockCall::begin(NativeSocket socket) {
  const NativeSocket base = base_socket(socket);
  const std::lock_guard<std::mutex> lock(mutex_);
  if (cancelled_) return false;
  running_ = base;
  return true;
}

void WinsockCall::end() {
  const std::lock_guard<std::mutex> lock(mutex_);
  running_ = kNoSocket;
  returned_ = true;
}

CallResult WinsockCall::open() {
  if (const int error = start_winsock()) return failure(CallResult::Step::kSocket, error);

  // C03, C06: a stream socket of AF_INET6 that takes IPv4-mapped addresses too. Unbound (C05),
  // overlapped, because libuv needs that, and not inherited by child processes.
  constexpr DWORD kFlags = WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT;
  CallResult result;
  result.socket = SocketHandle(WSASocketW(AF_INET6, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, kFlags));
  if (!result.socket) {
    const int error = WSAGetLastError();
    // Where IPv6 is switched off, some calls do without it.
    if (error != WSAEAFNOSUPPORT || !can_use_ipv4_socket()) {
      return failure(CallResult::Step::kSocket, error);
    }
    result.socket = SocketHandle(WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, kFlags));
    if (!result.socket) return failure(CallResult::Step::kSocket, WSAGetLastError());
    family_ = AF_INET;
    return result;
  }
  family_ = AF_INET6;
  const DWORD off = 0;
  if (setsockopt(result.socket.get(), IPPROTO_IPV6, IPV6_V6ONLY,
                 reinterpret_cast<const char*>(&off), sizeof(off)) != 0) {
    return failure(CallResult::Step::kV6Only, WSAGetLastError());
  }
  return result;
}

void WinsockCall::call(CallResult& result) {
  SocketAddresses ends;
  const SOCKET socket = result.socket.get();
  if (!connect(socket, family_, ends, timeout_ ? &*timeout_ : nullptr, result.error)) {
    result.failed = CallResult::Step::kConnect;
    return;
  }
  // C21: before anything else touches the socket.
  if (setsockopt(socket, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, nullptr, 0) != 0) {
    result.error = WSAGetLastError();
    result.failed = CallResult::Step::kUpdateContext;
    return;
  }
  // C09, with IPv4 in its plain form.
  result.local = Address::from_system(ends.local).unmapped();
  result.remote = Address::from_system(ends.remote).unmapped();
  // Wine's WSAConnectByName leaves the local port out; a connected socket has one.
  if (result.local.port() == 0) result.local = local_address(socket).unmapped();
}

}  // namespace connect_by_list

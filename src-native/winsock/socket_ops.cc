#include "core/socket_ops.h"

#include "winsock/exported_function.h"

// iphlpapi.h and mstcpip.h rely on the headers above.
#include <iphlpapi.h>
#include <mstcpip.h>

namespace connect_by_list {

namespace {

bool is_loopback(const Address& address) {
  if (address.family() == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address.data());
    return (ntohl(v4->sin_addr.s_addr) >> 24) == 127;
  }
  return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6*>(address.data())->sin6_addr);
}

// Whether SIO_TCP_INITIAL_RTO can switch off what refuse_at_once() is about: from Windows 10 1709
// (build 16299) on. Older ones take the call and then connect wrongly, so libuv asks first
// (uv__is_fast_loopback_fail_supported() in its src/win/util.c). RtlGetVersion() tells the true
// version, whatever the manifest of the executable says.
bool can_refuse_at_once() {
  static const bool can = [] {
    constexpr DWORD kMajor = 10;
    constexpr DWORD kBuild = 16299;
    using GetVersion = LONG(WINAPI*)(OSVERSIONINFOW*);
    const auto get_version = exported_function<GetVersion>("RtlGetVersion", L"ntdll.dll");
    OSVERSIONINFOW version{};
    version.dwOSVersionInfoSize = sizeof(version);
    if (get_version == nullptr || get_version(&version) != 0) return false;
    if (version.dwMajorVersion != kMajor) return version.dwMajorVersion > kMajor;
    return version.dwMinorVersion > 0 || version.dwBuildNumber >= kBuild;
  }();
  return can;
}

// Windows sends the SYN twice again when it is refused, half a second apart each. On loopback that
// only makes a refusal late, so libuv switches it off there, and so do we.
void refuse_at_once(NativeSocket socket) {
  if (!can_refuse_at_once()) return;
  TCP_INITIAL_RTO_PARAMETERS parameters{};
  parameters.Rtt = TCP_INITIAL_RTO_UNSPECIFIED_RTT;
  parameters.MaxSynRetransmissions = TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS;
  DWORD bytes = 0;
  WSAIoctl(socket, SIO_TCP_INITIAL_RTO, &parameters, sizeof(parameters), nullptr, 0, &bytes,
           nullptr, nullptr);
}

Address source_address(const Address& given) {
  const Address remote = given.or_loopback();
  if (!remote.known()) return {};
  const SocketHandle socket(WSASocketW(remote.family(), SOCK_DGRAM, IPPROTO_UDP, nullptr, 0,
                                       WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT));
  if (!socket || ::connect(socket.get(), remote.data(), remote.length()) != 0) return {};
  return local_address(socket.get());
}

}  // namespace

OpenedSocket open_stream(int family) {
  OpenedSocket opened;
  // libuv needs the socket overlapped; no child process inherits it.
  opened.socket = SocketHandle(WSASocketW(family, SOCK_STREAM, IPPROTO_TCP, nullptr, 0,
                                          WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT));
  if (!opened.socket) {
    opened.error = WSAGetLastError();
    return opened;
  }
  u_long on = 1;
  if (ioctlsocket(opened.socket.get(), FIONBIO, &on) != 0) {
    opened.error = WSAGetLastError();
    opened.socket.reset();
  }
  return opened;
}

void close_socket(NativeSocket socket) { closesocket(socket); }

ConnectProgress begin_connect(NativeSocket socket, const Address& remote) {
  if (is_loopback(remote)) refuse_at_once(socket);
  if (::connect(socket, remote.data(), remote.length()) == 0) return {Progress::kConnected, 0};
  const int error = WSAGetLastError();
  if (error == WSAEWOULDBLOCK) return {Progress::kPending, 0};
  return {Progress::kFailed, error};
}

ConnectProgress poll_connect(NativeSocket socket) {
  // connect(), Windows Sockets: with select(), success shows as writable, failure as an exception.
  fd_set writable;
  fd_set broken;
  FD_ZERO(&writable);
  FD_ZERO(&broken);
  FD_SET(socket, &writable);
  FD_SET(socket, &broken);
  timeval at_once{0, 0};
  // The first argument means nothing on Windows.
  const int ready = select(0, nullptr, &writable, &broken, &at_once);
  int error = ready < 0 ? WSAGetLastError() : 0;
  if (error != 0) return {Progress::kFailed, error};
  if (ready == 0) return {Progress::kPending, 0};
  int length = sizeof(error);
  if (getsockopt(socket, SOL_SOCKET, SO_ERROR, reinterpret_cast<char*>(&error), &length) != 0) {
    error = WSAGetLastError();
  }
  if (error != 0) return {Progress::kFailed, error};
  if (FD_ISSET(socket, &broken)) return {Progress::kFailed, WSAECONNREFUSED};
  return {Progress::kConnected, 0};
}

bool other_source_may_help(int error) {
  switch (error) {
    case WSAEADDRNOTAVAIL:
    case WSAEHOSTDOWN:
    case WSAEHOSTUNREACH:
    case WSAENETDOWN:
    case WSAENETUNREACH:
    case WSAETIMEDOUT:
      return true;
    default:
      return false;
  }
}

int bind_local(NativeSocket socket, const Address& local) {
  return ::bind(socket, local.data(), local.length()) == 0 ? 0 : WSAGetLastError();
}

// A socket for each: what a second connect() does to the source is not documented.
std::vector<Address> source_addresses(const std::vector<Address>& remotes) {
  std::vector<Address> sources;
  sources.reserve(remotes.size());
  for (const Address& remote : remotes) sources.push_back(source_address(remote));
  return sources;
}

Address local_address(NativeSocket socket) {
  sockaddr_storage storage{};
  int length = sizeof(storage);
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&storage), &length) != 0) return {};
  return Address::from_system(storage);
}

std::uint32_t index_of_interface(const std::string& name) { return if_nametoindex(name.c_str()); }

}  // namespace connect_by_list

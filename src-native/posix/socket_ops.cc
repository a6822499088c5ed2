#include "core/socket_ops.h"

#include <net/if.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "posix/new_socket.h"
#include "posix/share_local_port.h"

namespace connect_by_list {

namespace {

// Dissolves the association of a UDP socket (POSIX, connect(): "a null address"), so that the next
// connect() selects a new source address. Some systems return EAFNOSUPPORT although they did it.
void forget_peer(NativeSocket socket) {
  sockaddr nobody{};
  nobody.sa_family = AF_UNSPEC;
  static_cast<void>(::connect(socket, &nobody, sizeof(nobody)));
}

}  // namespace

OpenedSocket open_stream(int family) {
  OpenedSocket opened;
  opened.socket = SocketHandle(new_socket(family, SOCK_STREAM));
  if (!opened.socket) opened.error = errno;
  return opened;
}

void close_socket(NativeSocket socket) {
  // close() is not repeated after EINTR: on Linux the descriptor is gone by then, and its number
  // may belong to another thread already.
  ::close(socket);
}

ConnectProgress begin_connect(NativeSocket socket, const Address& remote) {
  if (::connect(socket, remote.data(), static_cast<socklen_t>(remote.length())) == 0) {
    return {Progress::kConnected, 0};
  }
  const int error = errno;
  // POSIX, connect(): after EINTR the connection is established asynchronously, as with
  // EINPROGRESS.
  if (error == EINPROGRESS || error == EINTR) return {Progress::kPending, 0};
  return {Progress::kFailed, error};
}

ConnectProgress poll_connect(NativeSocket socket) {
  // A socket has a peer from the moment on at which it is connected (POSIX, getpeername()): the
  // cheapest way to learn of a success.
  sockaddr_storage peer;
  socklen_t peer_length = sizeof(peer);
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &peer_length) == 0) {
    return {Progress::kConnected, 0};
  }
  pollfd entry{socket, POLLOUT, 0};
  // Neither "not yet" nor an interrupted look is an answer.
  if (::poll(&entry, 1, 0) <= 0) return {Progress::kPending, 0};
  int error = 0;
  socklen_t length = sizeof(error);
  if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length) != 0) error = errno;
  return {error == 0 ? Progress::kConnected : Progress::kFailed, error};
}

bool other_source_may_help(int error) {
  switch (error) {
    case EADDRNOTAVAIL:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENETDOWN:
    case ENETUNREACH:
    case ETIMEDOUT:
      return true;
    default:
      return false;
  }
}

int bind_local(NativeSocket socket, const Address& local) {
  // Otherwise a port in TIME_WAIT cannot be bound for a minute, and two attempts cannot share a
  // local port.
  const int error = share_local_port(socket);
  if (error != 0) return error;
  const auto length = static_cast<socklen_t>(local.length());
  return ::bind(socket, local.data(), length) == 0 ? 0 : errno;
}

std::vector<Address> source_addresses(const std::vector<Address>& remotes) {
  // One socket for all addresses of a family: to make one costs more than to ask it.
  SocketHandle v4;
  SocketHandle v6;
  std::vector<Address> sources;
  sources.reserve(remotes.size());
  for (const Address& given : remotes) {
    const Address remote = given.or_loopback();
    Address& source = sources.emplace_back();
    if (!remote.known()) continue;
    SocketHandle& socket = remote.family() == AF_INET ? v4 : v6;
    if (socket) {
      forget_peer(socket.get());
    } else {
      socket.reset(new_socket(remote.family(), SOCK_DGRAM));
    }
    const auto length = static_cast<socklen_t>(remote.length());
    if (socket && ::connect(socket.get(), remote.data(), length) == 0) {
      source = local_address(socket.get());
    }
  }
  return sources;
}

Address local_address(NativeSocket socket) {
  sockaddr_storage storage{};
  socklen_t length = sizeof(storage);
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&storage), &length) != 0) return {};
  return Address::from_system(storage);
}

std::uint32_t index_of_interface(const std::string& name) { return if_nametoindex(name.c_str()); }

}  // namespace connect_by_list

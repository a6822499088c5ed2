// What an engine needs of the system, implemented in posix/socket_ops.cc and winsock/socket_ops.cc.
// Every error is the system's own number: an errno, or what WSAGetLastError said.

#ifndef CONNECT_BY_LIST_CORE_SOCKET_OPS_H_
#define CONNECT_BY_LIST_CORE_SOCKET_OPS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/address.h"
#include "core/socket_handle.h"
#include "core/system_sockets.h"

namespace connect_by_list {

struct OpenedSocket {
  SocketHandle socket;
  int error = 0;
};

// Opens a non-blocking TCP socket of this family that child processes do not inherit.
OpenedSocket open_stream(int family);

enum class Progress : std::uint8_t { kPending, kConnected, kFailed };

struct ConnectProgress {
  Progress progress;
  int error;
};

ConnectProgress begin_connect(NativeSocket socket, const Address& remote);

// Where a connect that was begun stands now, without waiting. SO_ERROR is consumed: ask no further
// once it has said that the attempt failed.
ConnectProgress poll_connect(NativeSocket socket);

// Whether a connect that failed with this error may succeed from another local address: there was
// no route, no answer, or no such local address. A refusal is an answer.
bool other_source_may_help(int error);

// Binds an unconnected socket; port 0 leaves the port to the system. 0, or an error.
int bind_local(NativeSocket socket, const Address& local);

// What getsockname says; "no address" when it says nothing.
Address local_address(NativeSocket socket);

// The source address that the routing table selects for each remote; "no address" without a route.
// Sends nothing: connects a UDP socket and calls getsockname() (RFC 6724 section 2 leaves the
// choice of the source to the system).
std::vector<Address> source_addresses(const std::vector<Address>& remotes);

// 0 when no interface of this host has the name.
std::uint32_t index_of_interface(const std::string& name);

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_CORE_SOCKET_OPS_H_

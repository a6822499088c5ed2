// What an engine needs of the system, answered by posix/socket_ops.cc or winsock/socket_ops.cc.
// Every error is the system's own number: an errno, or what WSAGetLastError said.

#ifndef CONNECT_BY_LIST_CORE_SOCKET_OPS_H_
#define CONNECT_BY_LIST_CORE_SOCKET_OPS_H_

#include <cstdint>
#include <string>

#include "core/address.h"
#include "core/socket_handle.h"
#include "core/system_sockets.h"

namespace connect_by_list {

struct OpenedSocket {
  SocketHandle socket;
  int error = 0;
};

// A TCP socket of this family that is non-blocking and closed in child processes from birth.
OpenedSocket open_stream(int family);

enum class Progress : std::uint8_t { kPending, kConnected, kFailed };

struct ConnectProgress {
  Progress progress;
  int error;
};

ConnectProgress begin_connect(NativeSocket socket, const Address& remote);

// Where a connect that was begun stands now, without waiting. SO_ERROR is consumed: ask no further
// once it has said that the attempt failed.
ConnectProgress look(NativeSocket socket);

// What getsockname says; "no address" when it says nothing.
Address local_address(NativeSocket socket);

// 0 when no interface of this host has the name.
std::uint32_t index_of_interface(const std::string& name);

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_CORE_SOCKET_OPS_H_

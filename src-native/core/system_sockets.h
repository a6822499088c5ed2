// The system's socket headers and its name for a socket, in one place, so that no other file of the
// core asks which system it is on.

#ifndef CONNECT_BY_LIST_CORE_SYSTEM_SOCKETS_H_
#define CONNECT_BY_LIST_CORE_SYSTEM_SOCKETS_H_

#ifdef _WIN32

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#ifndef NOMINMAX
#define NOMINMAX
#endif
// winsock2.h has to come before windows.h, which would bring in the first Winsock.
#include <winsock2.h>
// ws2tcpip.h needs winsock2.h; mswsock.h needs both.
#include <ws2tcpip.h>

#include <mswsock.h>

namespace connect_by_list {
using NativeSocket = SOCKET;
inline constexpr NativeSocket kNoSocket = INVALID_SOCKET;
inline constexpr int kConnectionRefused = WSAECONNREFUSED;
inline constexpr int kInvalidArgument = WSAEINVAL;
}  // namespace connect_by_list

#else

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

namespace connect_by_list {
using NativeSocket = int;
inline constexpr NativeSocket kNoSocket = -1;
inline constexpr int kConnectionRefused = ECONNREFUSED;
inline constexpr int kInvalidArgument = EINVAL;
}  // namespace connect_by_list

#endif

#endif  // CONNECT_BY_LIST_CORE_SYSTEM_SOCKETS_H_

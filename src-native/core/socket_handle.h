// Owns a socket until it is handed to Node.

#ifndef CONNECT_BY_LIST_CORE_SOCKET_HANDLE_H_
#define CONNECT_BY_LIST_CORE_SOCKET_HANDLE_H_

#include <utility>

#include "core/system_sockets.h"

namespace connect_by_list {

// Closes a socket; in the platform's socket_ops.cc.
void close_socket(NativeSocket socket);

class SocketHandle {
 public:
  SocketHandle() = default;
  explicit SocketHandle(NativeSocket socket) : socket_(socket) {}
  SocketHandle(SocketHandle&& other) noexcept : socket_(other.release()) {}
  SocketHandle& operator=(SocketHandle&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  SocketHandle(const SocketHandle&) = delete;
  SocketHandle& operator=(const SocketHandle&) = delete;
  ~SocketHandle() { reset(); }

  NativeSocket get() const { return socket_; }
  explicit operator bool() const { return socket_ != kNoSocket; }

  // Hands the socket to the caller, who closes it from now on.
  NativeSocket release() { return std::exchange(socket_, kNoSocket); }

  void reset(NativeSocket socket = kNoSocket) {
    const NativeSocket old = std::exchange(socket_, socket);
    if (old != kNoSocket) close_socket(old);
  }

 private:
  NativeSocket socket_ = kNoSocket;
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_CORE_SOCKET_HANDLE_H_

// For macOS, which has no SOCK_CLOEXEC, and FreeBSD. A child that another thread starts between
// socket() and fcntl() inherits the descriptor; libuv has the same gap on macOS.

#include "posix/new_socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace connect_by_list {

int new_socket(int family, int type) {
  const int descriptor = ::socket(family, type, 0);
  if (descriptor < 0) return -1;
  const int on = 1;
  if (::fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 &&
      ::fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 &&
      // A write to a connection that the peer has reset must be an error and not the signal
      // SIGPIPE.
      ::setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof(on)) == 0) {
    return descriptor;
  }
  const int error = errno;
  ::close(descriptor);
  errno = error;
  return -1;
}

}  // namespace connect_by_list

// macOS has no SOCK_CLOEXEC. Between socket() and fcntl() a child started by another thread could
// inherit the descriptor; there is no way around it on this system, and libuv lives with the same
// gap.

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

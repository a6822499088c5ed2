// The BSDs, and macOS with them, bind a second socket to exactly the same address and port only
// where both have SO_REUSEPORT (setsockopt(2)); SO_REUSEADDR is for a port that a connection has
// just left.

#include "posix/share_local_port.h"

#include <sys/socket.h>

#include <cerrno>

namespace connect_by_list {

int share_local_port(int socket) {
  const int on = 1;
  for (const int option : {SO_REUSEADDR, SO_REUSEPORT}) {
    if (::setsockopt(socket, SOL_SOCKET, option, &on, sizeof(on)) != 0) return errno;
  }
  return 0;
}

}  // namespace connect_by_list

#include "posix/share_local_port.h"

#include <sys/socket.h>

#include <cerrno>

namespace connect_by_list {

int share_local_port(int socket) {
  const int on = 1;
  return ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 ? 0 : errno;
}

}  // namespace connect_by_list

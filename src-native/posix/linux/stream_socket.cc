#include "posix/stream_socket.h"

#include <sys/socket.h>

namespace connect_by_list {

int stream_socket(int family) {
  return ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

}  // namespace connect_by_list

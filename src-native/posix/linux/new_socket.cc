#include "posix/new_socket.h"

#include <sys/socket.h>

namespace connect_by_list {

int new_socket(int family, int type) {
  return ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

}  // namespace connect_by_list

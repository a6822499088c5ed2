// socket(), non-blocking and close-on-exec: in one step where the system has it (linux/), in three
// where it has not (bsd/).

#ifndef CONNECT_BY_LIST_POSIX_NEW_SOCKET_H_
#define CONNECT_BY_LIST_POSIX_NEW_SOCKET_H_

namespace connect_by_list {

// The descriptor, or -1 with errno set.
int new_socket(int family, int type);

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_POSIX_NEW_SOCKET_H_

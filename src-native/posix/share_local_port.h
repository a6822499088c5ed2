// Lets several sockets connect from one local address and port: linux/ and bsd/ differ in what that
// takes.

#ifndef CONNECT_BY_LIST_POSIX_SHARE_LOCAL_PORT_H_
#define CONNECT_BY_LIST_POSIX_SHARE_LOCAL_PORT_H_

namespace connect_by_list {

// Before bind(). 0, or an errno.
int share_local_port(int socket);

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_POSIX_SHARE_LOCAL_PORT_H_

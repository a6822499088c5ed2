// The stand-in for the function itself.

#ifndef CONNECT_BY_LIST_STAND_IN_CONNECT_BY_LIST_H_
#define CONNECT_BY_LIST_STAND_IN_CONNECT_BY_LIST_H_

#include "winsock_headers.h"

namespace stand_in {

// With the prototype of the page "WSAConnectByList function (winsock2.h)". Not that of mingw-w64's
// header, up to version 10 at least, where the timeout is a constant pointer to a timeval that may
// change.
BOOL PASCAL ConnectByList(SOCKET s, PSOCKET_ADDRESS_LIST SocketAddressList,
                          LPDWORD LocalAddressLength, LPSOCKADDR LocalAddress,
                          LPDWORD RemoteAddressLength, LPSOCKADDR RemoteAddress,
                          const struct timeval* timeout, LPWSAOVERLAPPED Reserved);

}  // namespace stand_in

#endif  // CONNECT_BY_LIST_STAND_IN_CONNECT_BY_LIST_H_

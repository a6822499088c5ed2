#include "winsock/connect_by_list.h"

#include <algorithm>

#include "winsock/address_list.h"
#include "winsock/exported_function.h"

namespace connect_by_list {

ConnectByListFunction find_connect_by_list() {
  return exported_function<ConnectByListFunction>("WSAConnectByList");
}

bool ListCall::can_use_ipv4_socket() const {
  return std::all_of(remotes_.begin(), remotes_.end(),
                     [](const Address& remote) { return remote.family() == AF_INET; });
}

bool ListCall::connect(SOCKET socket, int family, SocketAddresses& ends, const timeval* timeout,
                       int& error) {
  AddressList list(remotes_, family);
  const BOOL connected = function_(socket, list.get(), &ends.local_length, ends.local_address(),
                                   &ends.remote_length, ends.remote_address(), timeout, nullptr);
  if (!connected) error = WSAGetLastError();  // Before the list is freed.
  return connected != FALSE;
}

}  // namespace connect_by_list

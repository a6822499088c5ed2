#include "winsock/connect_by_name.h"

#include "winsock/exported_function.h"

namespace connect_by_list {

ConnectByNameFunction find_connect_by_name() {
  return exported_function<ConnectByNameFunction>("WSAConnectByNameW");
}

bool NameCall::connect(SOCKET socket, int /*family*/, SocketAddresses& ends, const timeval* timeout,
                       int& error) {
  const BOOL connected =
      function_(socket, node_.data(), service_.data(), &ends.local_length, ends.local_address(),
                &ends.remote_length, ends.remote_address(), timeout, nullptr);
  if (!connected) error = WSAGetLastError();
  return connected != FALSE;
}

}  // namespace connect_by_list

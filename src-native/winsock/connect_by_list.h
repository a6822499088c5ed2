// The real WSAConnectByList (learn.microsoft.com/windows/win32/api/winsock2, "WSAConnectByList
// function").

#ifndef CONNECT_BY_LIST_WINSOCK_CONNECT_BY_LIST_H_
#define CONNECT_BY_LIST_WINSOCK_CONNECT_BY_LIST_H_

#include <optional>
#include <utility>
#include <vector>

#include "core/address.h"
#include "winsock/winsock_call.h"

namespace connect_by_list {

// Microsoft's prototype (winsock2.h). mingw-w64 declares the timeout as something else.
using ConnectByListFunction = BOOL(PASCAL*)(SOCKET, PSOCKET_ADDRESS_LIST, LPDWORD, LPSOCKADDR,
                                            LPDWORD, LPSOCKADDR, const timeval*, LPWSAOVERLAPPED);

// The function as the loaded ws2_32.dll exports it; nullptr where it does not.
ConnectByListFunction find_connect_by_list();

class ListCall : public WinsockCall {
 public:
  ListCall(ConnectByListFunction function, std::vector<Address> remotes,
           std::optional<timeval> timeout)
      : WinsockCall(timeout), function_(function), remotes_(std::move(remotes)) {}

 private:
  // True if every address is IPv4.
  bool can_use_ipv4_socket() const override;
  bool connect(SOCKET socket, int family, SocketAddresses& ends, const timeval* timeout,
               int& error) override;

  ConnectByListFunction function_;
  std::vector<Address> remotes_;
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_WINSOCK_CONNECT_BY_LIST_H_

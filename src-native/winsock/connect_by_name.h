// The real WSAConnectByNameW (learn.microsoft.com/windows/win32/api/winsock2, "WSAConnectByNameW
// function"), C24: a host name and a service name instead of a list. It looks the name up itself,
// on the thread of the call, and nothing ends that lookup before its time; CancelIoEx ends the
// attempts after it.

#ifndef CONNECT_BY_LIST_WINSOCK_CONNECT_BY_NAME_H_
#define CONNECT_BY_LIST_WINSOCK_CONNECT_BY_NAME_H_

#include <optional>
#include <string>
#include <utility>

#include "winsock/winsock_call.h"

namespace connect_by_list {

// Microsoft's prototype (winsock2.h). mingw-w64 declares the timeout as something else.
using ConnectByNameFunction = BOOL(PASCAL*)(SOCKET, LPWSTR, LPWSTR, LPDWORD, LPSOCKADDR, LPDWORD,
                                            LPSOCKADDR, const timeval*, LPWSAOVERLAPPED);

// The function as the loaded ws2_32.dll exports it; nullptr where it does not.
ConnectByNameFunction find_connect_by_name();

class NameCall : public WinsockCall {
 public:
  // `service` is a name of the system's services database, or the digits of a port.
  NameCall(ConnectByNameFunction function, std::wstring node, std::wstring service,
           std::optional<timeval> timeout)
      : WinsockCall(timeout),
        function_(function),
        node_(std::move(node)),
        service_(std::move(service)) {}

 private:
  // A name may have IPv4 addresses as well: they are worth the attempt.
  bool can_use_ipv4_socket() const override { return true; }
  bool connect(SOCKET socket, int family, SocketAddresses& ends, const timeval* timeout,
               int& error) override;

  ConnectByNameFunction function_;
  std::wstring node_;
  std::wstring service_;
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_WINSOCK_CONNECT_BY_NAME_H_

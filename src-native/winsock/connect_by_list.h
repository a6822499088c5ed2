// One call of the real WSAConnectByList: a socket, the call, the update of its context.
//
// run() blocks, for as long as 21 seconds for each address that does not answer (C19), so it runs
// on a thread that may; cancel() comes from the thread of the event loop. The two meet under one
// mutex.

#ifndef CONNECT_BY_LIST_WINSOCK_CONNECT_BY_LIST_H_
#define CONNECT_BY_LIST_WINSOCK_CONNECT_BY_LIST_H_

#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "core/address.h"
#include "core/socket_handle.h"
#include "core/system_sockets.h"

namespace connect_by_list {

// Microsoft's prototype (winsock2.h). mingw-w64 declares the timeout as something else.
using ConnectByListFunction = BOOL(PASCAL*)(SOCKET, PSOCKET_ADDRESS_LIST, LPDWORD, LPSOCKADDR,
                                            LPDWORD, LPSOCKADDR, const timeval*, LPWSAOVERLAPPED);

// The function as the loaded ws2_32.dll exports it; nullptr where it does not: Wine, some
// sandboxes.
ConnectByListFunction find_connect_by_list();

// What the call came to.
struct ListResult {
  // Which function failed; lib/winsock-engine.ts has the same list.
  enum class Step : std::uint8_t {
    kNone = 0,
    kSocket = 1,
    kV6Only = 2,
    kConnectByList = 3,
    kUpdateContext = 4,
  };

  SocketHandle socket;
  Address local;
  Address remote;
  Step failed = Step::kNone;
  int error = 0;  // WSAGetLastError's, 0 for none.
};

class ListCall {
 public:
  // Without a timeout the call ends when it has connected or every pair has failed (C11).
  ListCall(ConnectByListFunction function, std::vector<Address> remotes,
           std::optional<timeval> timeout)
      : function_(function), remotes_(std::move(remotes)), timeout_(timeout) {}

  // On any thread that may block. Once.
  ListResult run();

  // From another thread: ends the running call, or keeps it from starting. Answers whether it has
  // to be asked again: the system may go on with the next address after each time, and it may not
  // have begun to wait yet. The socket is never closed under the call: Winsock forbids it, and
  // another thread could be given its number.
  bool cancel();

 private:
  bool begin(NativeSocket socket);
  void end();
  ListResult open();
  void call(ListResult& result);

  ConnectByListFunction function_;
  std::vector<Address> remotes_;
  std::optional<timeval> timeout_;
  int family_ = AF_INET6;

  std::mutex mutex_;
  NativeSocket running_ = kNoSocket;  // The socket that the call is running on.
  bool returned_ = false;
  bool cancelled_ = false;
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_WINSOCK_CONNECT_BY_LIST_H_

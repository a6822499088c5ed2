// One blocking call of WSAConnectByList or WSAConnectByNameW: opens the socket, makes the call, and
// updates the socket's context. The subclasses are in connect_by_list.h and connect_by_name.h.
//
// run() blocks, for as long as 21 seconds for each address that does not answer (C19), so it runs
// on a thread that may; cancel() comes from the thread of the event loop. The two meet under one
// mutex.

#ifndef CONNECT_BY_LIST_WINSOCK_WINSOCK_CALL_H_
#define CONNECT_BY_LIST_WINSOCK_WINSOCK_CALL_H_

#include <cstdint>
#include <mutex>
#include <optional>

#include "core/address.h"
#include "core/socket_handle.h"
#include "core/system_sockets.h"

namespace connect_by_list {

// What the call came to.
struct CallResult {
  // Which function failed; lib/engines/winsock/winsock-engine.ts has the same list.
  enum class Step : std::uint8_t {
    kNone = 0,
    kSocket = 1,
    kV6Only = 2,
    kConnect = 3,  // The one that the call is made for.
    kUpdateContext = 4,
  };

  SocketHandle socket;
  Address local;
  Address remote;
  Step failed = Step::kNone;
  int error = 0;  // WSAGetLastError's, 0 for none.
};

class WinsockCall {
 public:
  WinsockCall(const WinsockCall&) = delete;
  WinsockCall& operator=(const WinsockCall&) = delete;
  virtual ~WinsockCall() = default;

  // On any thread that may block. Once.
  CallResult run();

  // From another thread: ends the running call, or keeps it from starting. Returns true while the
  // call has not returned; then it has to be repeated, because one CancelIoEx may cancel only the
  // running attempt, or come before the call has begun to wait. The socket is never closed under
  // the call: Winsock forbids it, and another thread could be given its number.
  bool cancel();

 protected:
  // Without a timeout the call ends when it has connected or every address has failed (C11).
  explicit WinsockCall(std::optional<timeval> timeout) : timeout_(timeout) {}

  // Where the function says which two addresses it has connected (C09).
  struct SocketAddresses {
    sockaddr_storage local{};
    sockaddr_storage remote{};
    DWORD local_length = sizeof(local);
    DWORD remote_length = sizeof(remote);

    LPSOCKADDR local_address() { return reinterpret_cast<LPSOCKADDR>(&local); }
    LPSOCKADDR remote_address() { return reinterpret_cast<LPSOCKADDR>(&remote); }
  };

 private:
  // Whether an AF_INET socket is sufficient where IPv6 is switched off.
  virtual bool can_use_ipv4_socket() const = 0;
  // The function itself, on a socket of this family. False with what WSAGetLastError said right
  // after it.
  virtual bool connect(SOCKET socket, int family, SocketAddresses& ends, const timeval* timeout,
                       int& error) = 0;

  bool begin(NativeSocket socket);
  void end();
  CallResult open();
  void call(CallResult& result);

  std::optional<timeval> timeout_;
  int family_ = AF_INET6;

  std::mutex mutex_;
  NativeSocket running_ = kNoSocket;  // The socket that the call is running on.
  bool returned_ = false;
  bool cancelled_ = false;
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_WINSOCK_WINSOCK_CALL_H_

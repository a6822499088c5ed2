#include "connect_by_list.h"

#include <memory>
#include <optional>
#include <utility>

#include "attempt.h"
#include "call_record.h"
#include "socket_facts.h"

namespace stand_in {
namespace {

// Returned instead of a WSA code, of which none is 0.
constexpr int kConnected = 0;

std::optional<Milliseconds> LimitOf(const timeval* timeout) {
  // C11: no timeout is no limit.
  if (timeout == nullptr) return std::nullopt;
  return Milliseconds(timeout->tv_sec * 1000.0 + timeout->tv_usec / 1000.0);
}

// C07: the order of the candidates is the host's say, and that of the list is one that it may
// choose. Sources are left to the system, which picks a local address that fits each remote one.
// C08: one attempt after the other.
int TryAll(Call& call, const Arguments& arguments, Clock::time_point begin) {
  const std::optional<Milliseconds> limit = LimitOf(arguments.timeout);
  const auto count = static_cast<std::size_t>(arguments.list->iAddressCount);
  int last = WSAEHOSTUNREACH;
  for (std::size_t i = 0; i < count; ++i) {
    const AttemptEnd end = MakeAttempt(call, i, arguments.list->Address[i]);
    // C12: an attempt that connects after the timeout has connected nevertheless; nothing
    // interrupted it.
    if (end.error == 0 && !end.state.abandoned) return kConnected;
    if (end.state.abandoned) return WSA_OPERATION_ABORTED;
    if (end.state.cancelled && call.program.stop_after_cancel) return WSA_OPERATION_ABORTED;
    last = end.error;
    // C12, C13: looked at between attempts only. After the last one too, since its failure can have
    // come after the timeout.
    if (limit && Clock::now() - begin >= *limit) return WSAETIMEDOUT;
  }
  return last;  // C14; for hosts that cannot be reached it is C15's.
}

// C09: both addresses, with their lengths.
int TellAddresses(const Arguments& arguments) {
  if (arguments.local != nullptr) {
    int length = static_cast<int>(*arguments.local_length);
    if (getsockname(arguments.socket, arguments.local, &length) != 0) return WSAGetLastError();
    *arguments.local_length = static_cast<DWORD>(length);
  }
  if (arguments.remote != nullptr) {
    int length = static_cast<int>(*arguments.remote_length);
    if (getpeername(arguments.socket, arguments.remote, &length) != 0) return WSAGetLastError();
    *arguments.remote_length = static_cast<DWORD>(length);
  }
  return kConnected;
}

int Run(Call& call, const Arguments& arguments, Clock::time_point begin) {
  // C17 and others: what the test wants the call to fail with.
  if (call.program.fail_call) return *call.program.fail_call;
  const int error = TryAll(call, arguments, begin);
  return error == kConnected ? TellAddresses(arguments) : error;
}

}  // namespace

BOOL PASCAL ConnectByList(SOCKET s, PSOCKET_ADDRESS_LIST SocketAddressList,
                          LPDWORD LocalAddressLength, LPSOCKADDR LocalAddress,
                          LPDWORD RemoteAddressLength, LPSOCKADDR RemoteAddress,
                          const struct timeval* timeout, LPWSAOVERLAPPED Reserved) {
  const Clock::time_point begin = Clock::now();
  const Arguments arguments = {s,
                               SocketAddressList,
                               LocalAddressLength,
                               LocalAddress,
                               RemoteAddressLength,
                               RemoteAddress,
                               timeout,
                               Reserved};
  Registry& registry = Registry::Get();
  const Examined examined = Examine(arguments);
  const std::shared_ptr<Call> call = registry.Begin(s, examined.facts, examined.is_socket);

  std::optional<Refusal> fault = FindFault(arguments, examined);
  if (!fault && registry.AnotherIsRunning(*call)) {
    fault = Refusal{WSAEALREADY, "another call is running on the socket"};
  }
  int error = kConnected;
  if (fault) {
    error = fault->error;
    registry.Refuse(*call, fault->error, std::move(fault->why));
  } else {
    error = Run(*call, arguments, begin);
    // C21 from here on, until SO_UPDATE_CONNECT_CONTEXT is set.
    if (error == kConnected) {
      registry.Succeed(*call);
    } else {
      registry.Fail(*call, error);
    }
  }
  // Last of all: every call before this one can have changed it.
  if (error != kConnected) WSASetLastError(error);
  return error == kConnected ? TRUE : FALSE;
}

}  // namespace stand_in

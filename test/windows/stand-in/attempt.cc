#include "attempt.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "socket_facts.h"

namespace stand_in {
namespace {

Milliseconds Since(Clock::time_point begin) { return Clock::now() - begin; }

// Hangs for as long as the program says. Returns how the attempt ends if it ends in this, or
// nothing if it may go on to its result.
std::optional<int> Hang(const Call& call, Clock::time_point begin) {
  const Program& program = call.program;
  for (;;) {
    const AttemptState state = Registry::Get().Look(call);
    if (state.abandoned) return WSA_OPERATION_ABORTED;
    const Milliseconds passed = Since(begin);
    Milliseconds until = program.block;
    if (state.cancelled) {
      if (!program.late) return WSA_OPERATION_ABORTED;
      // A late attempt takes no notice, and ends as one to a dead host does.
      if (program.late_after && *program.late_after <= until) {
        until = *program.late_after;
        if (passed >= until) return program.fail.value_or(WSAETIMEDOUT);
      }
    }
    const Milliseconds rest = until - passed;
    if (rest <= Milliseconds::zero()) return std::nullopt;
    // No longer than an hour at once: INFINITE is one of the numbers that a finite wait could give.
    const double wait = std::min(std::ceil(rest.count()), 3600e3);
    WaitForSingleObjectEx(call.wake.get(), static_cast<DWORD>(wait), TRUE);
  }
}

// connect() has begun on a non-blocking socket. Waits until it has ended, or until the attempt is
// cancelled: there is no request in flight here that the real CancelIoEx could end.
int WaitForConnect(const Call& call, SOCKET socket, Clock::time_point begin) {
  const Program& program = call.program;
  for (;;) {
    fd_set writable;
    fd_set failed;
    FD_ZERO(&writable);
    FD_ZERO(&failed);
    writable.fd_array[writable.fd_count++] = socket;
    failed.fd_array[failed.fd_count++] = socket;
    timeval slice = {0, 5000};
    const int ready = select(0, nullptr, &writable, &failed, &slice);
    if (ready == SOCKET_ERROR) return WSAGetLastError();
    if (ready > 0) {
      int error = 0;
      int size = sizeof(error);
      if (getsockopt(socket, SOL_SOCKET, SO_ERROR, reinterpret_cast<char*>(&error), &size) != 0) {
        return WSAGetLastError();
      }
      return error;
    }
    const AttemptState state = Registry::Get().Look(call);
    if (state.abandoned || (state.cancelled && !program.late)) return WSA_OPERATION_ABORTED;
    if (state.cancelled && program.late_after && Since(begin) >= *program.late_after) {
      return WSAETIMEDOUT;
    }
  }
}

// Whether a failed attempt on the caller's own socket would spoil it for a later entry. On Linux,
// below Wine, an IPv6 socket that has tried an IPv4-mapped address sends as IPv4 from then on, and
// nothing that it sends to a native IPv6 address arrives. Windows' sockets are good for the whole
// list (C02, C07).
bool Spoils(const Call& call, std::size_t index) {
  const std::vector<Entry>& entries = call.facts.entries;
  if (!entries[index].mapped) return false;
  const auto next = entries.begin() + static_cast<std::ptrdiff_t>(index) + 1;
  return std::any_of(next, entries.end(), [](const Entry& entry) { return !entry.mapped; });
}

// Asks an address with a socket of our own, so that the caller's stays as it is until there is an
// answer. A socket whose connect() was cancelled is another one that cannot be used again under
// Wine: it stays in the middle of connecting, and fails with WSAEALREADY from then on.
int Probe(const Call& call, const SOCKET_ADDRESS& entry, Clock::time_point begin) {
  const int family = call.facts.family;
  const OwnSocket probe(WSASocketW(family, SOCK_STREAM, IPPROTO_TCP, nullptr, 0,
                                   WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT));
  if (probe.get() == INVALID_SOCKET) return WSAGetLastError();
  const DWORD v6only = call.facts.v6only ? 1 : 0;
  if (family == AF_INET6 &&
      setsockopt(probe.get(), IPPROTO_IPV6, IPV6_V6ONLY, reinterpret_cast<const char*>(&v6only),
                 sizeof(v6only)) != 0) {
    return WSAGetLastError();
  }
  u_long non_blocking = 1;
  if (ioctlsocket(probe.get(), FIONBIO, &non_blocking) != 0) return WSAGetLastError();
  if (connect(probe.get(), entry.lpSockaddr, entry.iSockaddrLength) == 0) return 0;
  const int error = WSAGetLastError();
  return error == WSAEWOULDBLOCK ? WaitForConnect(call, probe.get(), begin) : error;
}

int Connect(const Call& call, std::size_t index, const SOCKET_ADDRESS& entry,
            Clock::time_point begin) {
  const int fault = FaultOfAddress(entry.lpSockaddr);
  if (fault != 0) return fault;
  if (call.program.probe || Spoils(call, index)) {
    const int answer = Probe(call, entry, begin);
    if (answer != 0) return answer;
  }
  if (connect(call.socket, entry.lpSockaddr, entry.iSockaddrLength) == 0) return 0;
  const int error = WSAGetLastError();
  return error == WSAEWOULDBLOCK ? WaitForConnect(call, call.socket, begin) : error;
}

}  // namespace

AttemptEnd MakeAttempt(Call& call, std::size_t index, const SOCKET_ADDRESS& entry) {
  Registry& registry = Registry::Get();
  const Program& program = call.program;
  const bool programmed = !program.times || index < *program.times;
  const Clock::time_point begin = Clock::now();

  registry.BeginAttempt(call);
  std::optional<int> error;
  if (programmed) {
    error = Hang(call, begin);
    if (!error) error = program.fail;
  }
  if (!error) error = Connect(call, index, entry, begin);

  const Entry described = Describe(entry);
  Attempt attempt;
  attempt.address = described.address;
  attempt.port = described.port;
  attempt.error = *error;
  attempt.ms = Since(begin).count();
  return {*error, registry.EndAttempt(call, std::move(attempt))};
}

}  // namespace stand_in

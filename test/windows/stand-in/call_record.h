// What the stand-in knows: the calls that were made, the sockets they were made on, and the program
// that the test gave.
//
// There is one registry per process, since one process has one ws2_32.dll, however many Node
// environments it runs. The function writes to it from the product's threads, the intercepted
// functions from any thread, and the tests read it from JavaScript threads while calls are running.
// So everything mutable here is guarded by the registry's mutex, which is held for moments only:
// never while waiting, never across a call that can block.

#ifndef CONNECT_BY_LIST_STAND_IN_CALL_RECORD_H_
#define CONNECT_BY_LIST_STAND_IN_CALL_RECORD_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "owned.h"
#include "winsock_headers.h"

namespace stand_in {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

// One entry of the list, as it was passed.
struct Entry {
  int family = 0;
  int length = 0;
  std::string address;  // As text; empty for a family that is not IPv4 or IPv6.
  std::uint16_t port = 0;
  std::uint32_t scope_id = 0;
  bool mapped = false;  // An IPv4-mapped IPv6 address (C04).
};

struct Attempt {
  std::string address;
  std::uint16_t port = 0;
  int error = 0;
  double ms = 0;
};

enum class Result { kRunning, kConnected, kFailed };

// When SO_UPDATE_CONNECT_CONTEXT was set: not at all, before anything else touched the socket, or
// not before something else had (C21).
enum class UpdateContext { kNever, kFirst, kLate };

// All that a test gets to see of one call.
struct CallFacts {
  int family = 0;
  int type = 0;
  bool v6only = false;
  std::optional<bool> overlapped;
  bool inheritable = false;
  bool bound = false;
  std::vector<Entry> entries;
  std::optional<timeval> timeout;
  bool reserved_is_null = true;
  std::optional<std::uint32_t> local_buffer;
  std::optional<std::uint32_t> remote_buffer;
  Result result = Result::kRunning;
  int error = 0;
  std::string refused;  // Why the call was refused before any attempt; empty if it was not.
  std::uint32_t thread_id = 0;
  std::uint32_t cancels = 0;
  UpdateContext update_context = UpdateContext::kNever;
  bool closed = false;
  bool closed_while_running = false;
  std::vector<Attempt> attempts;
};

// What the test wants to happen. index.ts says what each one means.
struct Program {
  std::optional<int> fail;
  std::optional<int> fail_call;
  std::optional<int> fail_socket;
  std::optional<int> fail_v6only;
  std::optional<int> fail_update_context;
  std::optional<int> fail_select;
  std::optional<std::uint32_t> windows_build;
  bool layered = false;
  Milliseconds block{0};
  std::optional<std::uint32_t> times;
  bool late = false;
  bool stop_after_cancel = false;
  bool probe = false;
  std::optional<Milliseconds> late_after;
};

// One call of WSAConnectByList. The thread that makes it and the registry share it.
struct Call {
  Call(SOCKET s, Program p)
      : socket(s), program(p), wake(CreateEventW(nullptr, FALSE, FALSE, nullptr)) {}

  const SOCKET socket;
  const Program program;
  // Set whenever something that the waiting attempt wants to know of has changed.
  const Handle wake;

  // From here on guarded by the registry's mutex, but for what was examined of the socket and the
  // list before the call began: that does not change any more, and the call's own thread reads it
  // freely.
  CallFacts facts;
  bool in_attempt = false;
  bool cancelled = false;  // CancelIoEx was called during the running attempt.
  bool abandoned = false;  // The test has reset the stand-in, or the socket was closed: end now.
  bool withheld = false;   // C21: connected, but SO_UPDATE_CONNECT_CONTEXT is still missing.
  bool touched = false;    // Something used the socket while it was withheld.
  bool forgotten = false;  // The test has reset the stand-in.
};

// What the waiting attempt looks at.
struct AttemptState {
  bool cancelled = false;
  bool abandoned = false;
};

// What CancelIoEx has to do on a socket.
enum class CancelAnswer {
  kNotOurs,   // No call is running on it: the real function decides.
  kNotFound,  // A call is running, but it is between two attempts: there is nothing to cancel.
  kPassOn,    // The attempt was told. The real function ends it if it is in connect().
  kRecorded,  // The attempt takes its time ('late').
};

// The number that the base provider has for a socket of a layered one: another name of the same
// handle, of which Windows ignores the lowest two bits.
constexpr SOCKET BaseOf(SOCKET socket) { return socket | 1; }
constexpr SOCKET WithoutLayer(SOCKET socket) { return socket & ~SOCKET{1}; }

class Registry {
 public:
  static Registry& Get();

  // --- For the test, from JavaScript threads ---
  void SetProgram(const Program& program);
  Program CurrentProgram();
  void Reset();
  std::vector<CallFacts> Calls();
  std::size_t LiveSockets();
  std::uint32_t InitialRtoCount();

  // --- For the function, on the thread that calls it ---
  // Records a call. The socket is followed from now on if it is one.
  std::shared_ptr<Call> Begin(SOCKET socket, CallFacts facts, bool is_socket);
  bool AnotherIsRunning(const Call& call);
  void BeginAttempt(Call& call);
  AttemptState Look(const Call& call);
  // Returns what was known of the attempt when it ended.
  AttemptState EndAttempt(Call& call, Attempt attempt);
  void Refuse(Call& call, int error, std::string why);
  void Fail(Call& call, int error);
  void Succeed(Call& call);

  // --- For the intercepted functions, on any thread ---
  // Notes that the socket was used. True if its state is withheld (C21).
  bool Touch(SOCKET socket);
  // SO_UPDATE_CONNECT_CONTEXT: true if the socket was withheld, which it then no longer is.
  bool Release(SOCKET socket);
  CancelAnswer Cancel(SOCKET socket);
  // SIO_TCP_INITIAL_RTO was asked for, on whatever socket.
  void CountInitialRto();
  // The socket is about to be closed. Called before it is, since its number can belong to a new
  // socket as soon as it has been.
  void Close(SOCKET socket);

 private:
  Mutex mutex_;
  Program program_;
  std::uint32_t initial_rto_count_ = 0;
  std::vector<std::shared_ptr<Call>> calls_;
  // The calls on sockets that are open, also those that the test has forgotten.
  std::unordered_multimap<SOCKET, std::shared_ptr<Call>> open_;
};

}  // namespace stand_in

#endif  // CONNECT_BY_LIST_STAND_IN_CALL_RECORD_H_

// One attempt to connect: what the program says about it, and then the real thing.

#ifndef CONNECT_BY_LIST_STAND_IN_ATTEMPT_H_
#define CONNECT_BY_LIST_STAND_IN_ATTEMPT_H_

#include "call_record.h"
#include "winsock_headers.h"

namespace stand_in {

struct AttemptEnd {
  int error = 0;  // 0: the socket is connected.
  AttemptState state;
};

// Makes attempt number `index` of a call, on the caller's own socket, and blocks until it has
// ended, also when the socket is non-blocking (C19). While the program makes it hang the wait is
// alertable (C20). The result is in the call's record when this returns.
AttemptEnd MakeAttempt(Call& call, std::size_t index, const SOCKET_ADDRESS& entry);

}  // namespace stand_in

#endif  // CONNECT_BY_LIST_STAND_IN_ATTEMPT_H_

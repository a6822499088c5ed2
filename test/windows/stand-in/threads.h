// Which thread is which.

#ifndef CONNECT_BY_LIST_STAND_IN_THREADS_H_
#define CONNECT_BY_LIST_STAND_IN_THREADS_H_

#include "winsock_headers.h"

namespace stand_in {

// The thread that the process began with, which is where node.exe runs the main environment. 0 if
// the system does not tell.
DWORD MainThreadId();

}  // namespace stand_in

#endif  // CONNECT_BY_LIST_STAND_IN_THREADS_H_

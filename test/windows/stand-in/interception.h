// What the process calls instead of the system while the stand-in is there.

#ifndef CONNECT_BY_LIST_STAND_IN_INTERCEPTION_H_
#define CONNECT_BY_LIST_STAND_IN_INTERCEPTION_H_

#include <cstddef>

namespace stand_in {

// Both may be called from any thread, in any state. What was once redirected stays valid until the
// process ends: the addon pins itself, and the code beside the export directories is never freed.

// Makes ws2_32.dll export WSAConnectByList, and leads the calls of every module, those loaded later
// included, through the functions that watch sockets. Returns nullptr, or what went wrong.
const char* Install();

// Puts the old export directories back. Modules that are bound already keep calling through the
// watching functions, which then still see the sockets of earlier calls being closed, and pass
// everything on.
const char* Remove();

}  // namespace stand_in

#endif  // CONNECT_BY_LIST_STAND_IN_INTERCEPTION_H_

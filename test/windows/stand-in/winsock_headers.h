// The Windows headers, in the one order that works: winsock2.h has to come before windows.h, which
// would otherwise bring the first Winsock along. Every file of the stand-in includes this one.

#ifndef CONNECT_BY_LIST_STAND_IN_WINSOCK_HEADERS_H_
#define CONNECT_BY_LIST_STAND_IN_WINSOCK_HEADERS_H_

#ifndef NOMINMAX
#define NOMINMAX
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif

// clang-format off
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>
// clang-format on

#endif  // CONNECT_BY_LIST_STAND_IN_WINSOCK_HEADERS_H_

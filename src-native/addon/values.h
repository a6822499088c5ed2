// Plain data on its way from and to JavaScript.

#ifndef CONNECT_BY_LIST_ADDON_VALUES_H_
#define CONNECT_BY_LIST_ADDON_VALUES_H_

#include <napi.h>

#include <vector>

#include "addon/lines.h"
#include "core/address.h"
#include "core/race.h"
#include "core/socket_handle.h"

namespace connect_by_list {

// From ms. Infinity, and whatever would not fit, is "never".
Micros micros_of(const Napi::Value& millis);

// From two fields, "address port". Text that TypeScript let pass and that is no address here names
// a zone that this host has not; it becomes "no address", and fails as an attempt, like everything
// that the host cannot do.
Address next_address(Parts& fields);

// The socket's number, now JavaScript's; -1 for none. It goes as a double, which is exact up to
// 2^53, where an int would cut a SOCKET of Windows.
Napi::Value socket_value(Napi::Env env, SocketHandle socket);

// Calls a JavaScript callback from the event loop.
void call_back(Napi::Env env, const Napi::FunctionReference& function,
               const std::vector<napi_value>& arguments);

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_ADDON_VALUES_H_

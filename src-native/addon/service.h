// What JavaScript sees of the services database.

#ifndef CONNECT_BY_LIST_ADDON_SERVICE_H_
#define CONNECT_BY_LIST_ADDON_SERVICE_H_

#include <napi.h>

namespace connect_by_list {

// Adds servicePort() to the exports.
void add_service_port(Napi::Env env, Napi::Object exports);

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_ADDON_SERVICE_H_

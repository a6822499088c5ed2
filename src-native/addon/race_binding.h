// What JavaScript sees of the race engine.

#ifndef CONNECT_BY_LIST_ADDON_RACE_BINDING_H_
#define CONNECT_BY_LIST_ADDON_RACE_BINDING_H_

#include <napi.h>

namespace connect_by_list {

void add_race(Napi::Env env, Napi::Object exports);

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_ADDON_RACE_BINDING_H_

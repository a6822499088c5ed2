// The functions that see what is done with a socket, before the system does it.

#ifndef CONNECT_BY_LIST_STAND_IN_WATCHING_H_
#define CONNECT_BY_LIST_STAND_IN_WATCHING_H_

#include <vector>

namespace stand_in {

struct Watcher {
  const char* name;
  const void* function;
};

// Every function that is replaced, by the name under which a system library exports it.
const std::vector<Watcher>& Watchers();

}  // namespace stand_in

#endif  // CONNECT_BY_LIST_STAND_IN_WATCHING_H_

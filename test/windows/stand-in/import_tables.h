// Redirecting calls of modules that were loaded, and bound to their imports, before.
//
// node.exe looks its imports up once, when it starts, and keeps the addresses in a table of its
// own. A changed export directory comes too late for it; its table has to be changed instead.

#ifndef CONNECT_BY_LIST_STAND_IN_IMPORT_TABLES_H_
#define CONNECT_BY_LIST_STAND_IN_IMPORT_TABLES_H_

#include <vector>

#include "winsock_headers.h"

namespace stand_in {

// Calls that would go to `from` shall go to `to`.
struct Redirection {
  const void* from;
  const void* to;
};

// Replaces addresses in the import tables, the delay-load ones too, of every module loaded now,
// except for those in `spared`. Imports are known by their address, not by their name: that covers
// imports by ordinal and forwarded ones, and a delay-loaded function that has not been looked up
// yet is left to find the new export by itself. Each address is changed in one step, so other
// threads may be calling.
void RedirectImports(const std::vector<Redirection>& redirections,
                     const std::vector<HMODULE>& spared);

}  // namespace stand_in

#endif  // CONNECT_BY_LIST_STAND_IN_IMPORT_TABLES_H_

// "getservbyname function", learn.microsoft.com/windows/win32/api/winsock2: the answer belongs to
// the calling thread. libuv has started Winsock by the time that any addon is loaded.

#include "core/services.h"

#include <cstdint>

#include "core/system_sockets.h"

namespace connect_by_list {

int service_port(const std::string& name) {
  const servent* found = ::getservbyname(name.c_str(), "tcp");
  return found == nullptr ? -1 : ntohs(static_cast<std::uint16_t>(found->s_port));
}

}  // namespace connect_by_list

// For macOS, FreeBSD and Android: getservbyname() returns thread-local storage there, so that no
// getservbyname_r() is needed.

#include "core/services.h"

#include <netdb.h>
#include <netinet/in.h>

#include <cstdint>

namespace connect_by_list {

int service_port(const std::string& name) {
  const servent* found = ::getservbyname(name.c_str(), "tcp");
  return found == nullptr ? -1 : ntohs(static_cast<std::uint16_t>(found->s_port));
}

}  // namespace connect_by_list

// macOS has no getservbyname_r(); the answer of its getservbyname() belongs to the calling thread.

#include "core/services.h"

#include <netdb.h>
#include <netinet/in.h>

#include <cstdint>

namespace connect_by_list {

int service_port(const std::string& name) {
  // A C string would end at a NUL, and be another name.
  if (name.find('\0') != std::string::npos) return -1;
  const servent* found = ::getservbyname(name.c_str(), "tcp");
  return found == nullptr ? -1 : ntohs(static_cast<std::uint16_t>(found->s_port));
}

}  // namespace connect_by_list

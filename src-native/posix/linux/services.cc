#include "core/services.h"

#include <netdb.h>
#include <netinet/in.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace connect_by_list {

int service_port(const std::string& name) {
  constexpr std::size_t kMaxBytes = 1 << 20;
  std::vector<char> buffer(1024);
  for (;;) {
    servent entry{};
    servent* found = nullptr;
    // Every environment may ask at the same time, so not getservbyname(), whose answer all threads
    // share.
    const int error =
        ::getservbyname_r(name.c_str(), "tcp", &entry, buffer.data(), buffer.size(), &found);
    if (error != ERANGE || buffer.size() >= kMaxBytes) {
      return found == nullptr ? -1 : ntohs(static_cast<std::uint16_t>(entry.s_port));
    }
    buffer.resize(buffer.size() * 2);  // For a service with many aliases.
  }
}

}  // namespace connect_by_list

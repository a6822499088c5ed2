// An IPv4 or IPv6 address with its port, as a value.

#ifndef CONNECT_BY_LIST_CORE_ADDRESS_H_
#define CONNECT_BY_LIST_CORE_ADDRESS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "core/system_sockets.h"

namespace connect_by_list {

class Address {
 public:
  // No address at all: family() is AF_UNSPEC.
  Address() = default;

  // Reads '192.0.2.1', '2001:db8::1' or 'fe80::1%eth0' (RFC 4007 section 11: the zone follows a
  // '%'). Nothing when the text is no address or when the host has no such zone.
  static std::optional<Address> parse(const std::string& text, std::uint16_t port);

  // Takes what getsockname and its kin have written; anything but an IPv4 or IPv6 address becomes
  // "no address".
  static Address from_system(const sockaddr_storage& storage);

  int family() const { return storage_.any.sa_family; }
  bool known() const;  // False for "no address" and for the wildcards 0.0.0.0 and ::.
  std::uint16_t port() const;
  // Without the zone: the callers that print an address know the interface from what they asked
  // for.
  std::string text() const;

  const sockaddr* data() const { return &storage_.any; }
  int length() const;

  // ::ffff:192.0.2.1 for 192.0.2.1 (RFC 4291 section 2.5.5.2), and back; any other address is left
  // as it is.
  Address mapped() const;
  Address unmapped() const;

  // What a connect to it reaches: for 0.0.0.0 and :: the loopback address of the family. Linux and
  // BSD take the one for the other; Windows refuses the wildcards, so libuv maps them there.
  Address or_loopback() const;

  // The same family, address and port.
  bool operator==(const Address& other) const;

 private:
  // A sockaddr_storage would be four times as long, and a long list has many of them. The longest
  // is the first, so that the braces zero all of it.
  union Storage {
    sockaddr_in6 v6;
    sockaddr_in v4;
    sockaddr any;
  };

  Storage storage_{};
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_CORE_ADDRESS_H_

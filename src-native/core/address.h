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

  // Takes what getsockname(), getpeername() and the like have written; anything but an IPv4 or IPv6
  // address becomes "no address".
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

  // The loopback address of the family for 0.0.0.0 and ::, any other address unchanged. Linux and
  // BSD connect to loopback when given a wildcard; Windows refuses, so libuv maps it there, and so
  // do we.
  Address or_loopback() const;

  // The same family, address and port.
  bool operator==(const Address& other) const;

 private:
  // Not a sockaddr_storage, which is four times as large: a list may have 100,000 addresses. The
  // largest member comes first, so that {} zeroes the whole union.
  union Storage {
    sockaddr_in6 v6;
    sockaddr_in v4;
    sockaddr any;
  };

  Storage storage_{};
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_CORE_ADDRESS_H_

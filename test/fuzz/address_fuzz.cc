// Any text as an address, and any bytes as what the system wrote.

#include <fuzzer/FuzzedDataProvider.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "check.h"
#include "core/address.h"

namespace {

using connect_by_list::Address;
using connect_by_list::check;

void poll_connect(const Address& address, std::uint16_t port) {
  const std::string text = address.text();
  const bool is_ip = address.family() == AF_INET || address.family() == AF_INET6;
  check(is_ip != text.empty(), "an address has a text, and nothing else has one", text);
  check(address == Address::from_system(reinterpret_cast<const sockaddr_storage&>(*address.data())),
        "what the system is given is the same when it comes back", text);
  if (!is_ip) return;
  check(address.port() == port, "the port is kept", text);
  const std::optional<Address> again = Address::parse(text, port);
  check(again.has_value() && *again == address, "the text reads as the same address", text);
  check(address.mapped().unmapped() == address.unmapped(), "mapping can be undone", text);
  check(address.mapped().family() == AF_INET6, "a mapped address is IPv6", text);
  check(address.mapped().length() == sizeof(sockaddr_in6), "and as long as one", text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider input(data, size);
  const auto port = input.ConsumeIntegral<std::uint16_t>();
  if (input.ConsumeBool()) {
    sockaddr_storage storage{};
    const std::string bytes = input.ConsumeBytesAsString(sizeof(storage));
    std::memcpy(&storage, bytes.data(), bytes.size());
    const Address address = Address::from_system(storage);
    poll_connect(address, address.port());
    return 0;
  }
  const std::string text = input.ConsumeRemainingBytesAsString();
  const std::optional<Address> address = Address::parse(text, port);
  if (!address) return 0;
  poll_connect(*address, port);
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address->data());
  const bool has_zone = text.find('%') != std::string::npos;
  check(has_zone == (address->family() == AF_INET6 && v6->sin6_scope_id != 0),
        "an address has a scope where the text has a zone", text);
  check(text.find('\0') == std::string::npos, "no text with a NUL is an address");
  return 0;
}

#include "core/address.h"

#include <array>
#include <charconv>
#include <cstring>
#include <system_error>

#include "core/socket_ops.h"

#ifndef _WIN32
#include <arpa/inet.h>
#endif

namespace connect_by_list {

namespace {

// A zone is the name of an interface or its number (RFC 4007 section 11.2); 0 when it is neither.
std::uint32_t scope_id_of(const std::string& zone) {
  if (const std::uint32_t index = index_of_interface(zone)) return index;
  // Digits and nothing else: strtoul would take spaces and signs, and turn "-1" into a large
  // number.
  std::uint32_t number = 0;
  const char* const end = zone.data() + zone.size();
  const std::from_chars_result read = std::from_chars(zone.data(), end, number);
  return read.ec == std::errc() && read.ptr == end ? number : 0;
}

// Formats an IPv4 address without inet_ntop(), which goes through printf() and costs as much as a
// system call.
std::string dotted(const in_addr& address) {
  std::array<unsigned char, sizeof(address)> bytes{};
  std::memcpy(bytes.data(), &address, sizeof(address));
  std::array<char, INET_ADDRSTRLEN> text{};
  char* at = text.data();
  for (const unsigned char byte : bytes) {
    if (at != text.data()) *at++ = '.';
    at = std::to_chars(at, text.data() + text.size(), byte).ptr;
  }
  return {text.data(), at};
}

}  // namespace

std::optional<Address> Address::parse(const std::string& text, std::uint16_t port) {
  // inet_pton reads up to the first NUL, and would overlook what comes after it.
  if (text.find('\0') != std::string::npos) return std::nullopt;
  Address address;
  sockaddr_in& v4 = address.storage_.v4;
  if (inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    return address;
  }
  const std::size_t percent = text.find('%');
  sockaddr_in6& v6 = address.storage_.v6;
  if (inet_pton(AF_INET6, text.substr(0, percent).c_str(), &v6.sin6_addr) != 1) return std::nullopt;
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  if (percent != std::string::npos) {
    v6.sin6_scope_id = scope_id_of(text.substr(percent + 1));
    if (v6.sin6_scope_id == 0) return std::nullopt;
  }
  return address;
}

Address Address::from_system(const sockaddr_storage& storage) {
  Address address;
  if (storage.ss_family == AF_INET || storage.ss_family == AF_INET6) {
    std::memcpy(&address.storage_, &storage, sizeof(address.storage_));
  }
  return address;
}

bool Address::known() const {
  if (family() == AF_INET) return storage_.v4.sin_addr.s_addr != htonl(INADDR_ANY);
  if (family() != AF_INET6) return false;
  static const in6_addr any = {};
  return std::memcmp(&storage_.v6.sin6_addr, &any, sizeof(any)) != 0;
}

std::uint16_t Address::port() const {
  if (family() == AF_INET) return ntohs(storage_.v4.sin_port);
  return family() == AF_INET6 ? ntohs(storage_.v6.sin6_port) : std::uint16_t{0};
}

std::string Address::text() const {
  if (family() == AF_INET) return dotted(storage_.v4.sin_addr);
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  if (family() == AF_UNSPEC ||
      inet_ntop(AF_INET6, &storage_.v6.sin6_addr, buffer.data(), buffer.size()) == nullptr) {
    return {};
  }
  return buffer.data();
}

int Address::length() const {
  if (family() == AF_INET) return sizeof(sockaddr_in);
  return family() == AF_INET6 ? static_cast<int>(sizeof(sockaddr_in6)) : 0;
}

Address Address::mapped() const {
  if (family() != AF_INET) return *this;
  Address mapped;
  sockaddr_in6& to = mapped.storage_.v6;
  to.sin6_family = AF_INET6;
  to.sin6_port = storage_.v4.sin_port;
  auto* bytes = reinterpret_cast<unsigned char*>(&to.sin6_addr);
  bytes[10] = bytes[11] = 0xff;
  std::memcpy(bytes + 12, &storage_.v4.sin_addr, sizeof(in_addr));
  return mapped;
}

Address Address::unmapped() const {
  if (family() != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&storage_.v6.sin6_addr)) return *this;
  Address plain;
  sockaddr_in& to = plain.storage_.v4;
  to.sin_family = AF_INET;
  to.sin_port = storage_.v6.sin6_port;
  const auto* bytes = reinterpret_cast<const unsigned char*>(&storage_.v6.sin6_addr);
  std::memcpy(&to.sin_addr, bytes + 12, sizeof(in_addr));
  return plain;
}

Address Address::or_loopback() const {
  if (family() == AF_UNSPEC || known()) return *this;
  Address loopback = *this;
  if (family() == AF_INET) {
    loopback.storage_.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  } else {
    reinterpret_cast<unsigned char*>(&loopback.storage_.v6.sin6_addr)[15] = 1;
  }
  return loopback;
}

bool Address::operator==(const Address& other) const {
  if (family() != other.family() || port() != other.port()) return false;
  if (family() == AF_INET) return storage_.v4.sin_addr.s_addr == other.storage_.v4.sin_addr.s_addr;
  return std::memcmp(&storage_.v6.sin6_addr, &other.storage_.v6.sin6_addr, sizeof(in6_addr)) == 0;
}

}  // namespace connect_by_list

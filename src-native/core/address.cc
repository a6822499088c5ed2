#include "core/address.h"

#include <array>
#include <cstring>

#include "core/socket_ops.h"

#ifndef _WIN32
#include <arpa/inet.h>
#endif

namespace connect_by_list {

std::optional<Address> Address::parse(const std::string& text, std::uint16_t port) {
  Address address;
  auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage_);
  if (inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    return address;
  }
  const std::size_t percent = text.find('%');
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage_);
  if (inet_pton(AF_INET6, text.substr(0, percent).c_str(), &v6.sin6_addr) != 1) return std::nullopt;
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  if (percent != std::string::npos) {
    v6.sin6_scope_id = scope_id_of_zone(text.substr(percent + 1));
    if (v6.sin6_scope_id == 0) return std::nullopt;
  }
  return address;
}

Address Address::from_system(const sockaddr_storage& storage) {
  Address address;
  if (storage.ss_family == AF_INET || storage.ss_family == AF_INET6) address.storage_ = storage;
  return address;
}

bool Address::known() const {
  if (family() == AF_INET) return v4().sin_addr.s_addr != htonl(INADDR_ANY);
  if (family() != AF_INET6) return false;
  static const in6_addr any = {};
  return std::memcmp(&v6().sin6_addr, &any, sizeof(any)) != 0;
}

std::uint16_t Address::port() const {
  if (family() == AF_INET) return ntohs(v4().sin_port);
  return family() == AF_INET6 ? ntohs(v6().sin6_port) : std::uint16_t{0};
}

std::string Address::text() const {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  const void* bytes = family() == AF_INET ? static_cast<const void*>(&v4().sin_addr)
                                          : static_cast<const void*>(&v6().sin6_addr);
  if (family() == AF_UNSPEC || inet_ntop(family(), bytes, buffer.data(), buffer.size()) == nullptr) {
    return {};
  }
  return buffer.data();
}

int Address::length() const {
  if (family() == AF_INET) return sizeof(sockaddr_in);
  return family() == AF_INET6 ? static_cast<int>(sizeof(sockaddr_in6)) : 0;
}

bool Address::operator==(const Address& other) const {
  if (family() != other.family() || port() != other.port()) return false;
  if (family() == AF_INET) return v4().sin_addr.s_addr == other.v4().sin_addr.s_addr;
  return std::memcmp(&v6().sin6_addr, &other.v6().sin6_addr, sizeof(in6_addr)) == 0;
}

}  // namespace connect_by_list

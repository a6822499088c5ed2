// Addresses as values: what is read, what is printed, what is equal.

#include "core/address.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <net/if.h>
#include <rapidcheck.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace connect_by_list {

namespace {

constexpr std::uint16_t kPort = 8305;

Address parsed(const std::string& text, std::uint16_t port = kPort) {
  const auto address = Address::parse(text, port);
  REQUIRE_MESSAGE(address.has_value(), text);
  return *address;
}

const sockaddr_in6& as_v6(const Address& address) {
  return *reinterpret_cast<const sockaddr_in6*>(address.data());
}

const sockaddr_in& as_v4(const Address& address) {
  return *reinterpret_cast<const sockaddr_in*>(address.data());
}

sockaddr_storage storage_of(const Address& address) {
  sockaddr_storage storage{};
  std::memcpy(&storage, address.data(), static_cast<std::size_t>(address.length()));
  return storage;
}

}  // namespace

TEST_SUITE("an address is read from text") {
  TEST_CASE("IPv4, with its port in network byte order (C04)") {
    const Address address = parsed("192.0.2.1", 0x1234);
    CHECK(address.family() == AF_INET);
    CHECK(address.port() == 0x1234);
    CHECK(as_v4(address).sin_port == htons(0x1234));
    CHECK(as_v4(address).sin_addr.s_addr == htonl(0xc0000201));
    CHECK(address.length() == sizeof(sockaddr_in));
    CHECK(address.text() == "192.0.2.1");
  }

  TEST_CASE("IPv6, in the text form of RFC 5952") {
    const Address address = parsed("2001:DB8:0:0:0:0:0:1");
    CHECK(address.family() == AF_INET6);
    CHECK(address.port() == kPort);
    CHECK(address.length() == sizeof(sockaddr_in6));
    CHECK(address.text() == "2001:db8::1");
    CHECK(as_v6(address).sin6_scope_id == 0);
    CHECK(as_v6(address).sin6_flowinfo == 0);
  }

  TEST_CASE("an IPv4-mapped address stays IPv6: to un-map it is the caller's choice (C09)") {
    const Address address = parsed("::ffff:192.0.2.1");
    CHECK(address.family() == AF_INET6);
    CHECK(address.text() == "::ffff:192.0.2.1");
    CHECK_FALSE(address == parsed("192.0.2.1"));
  }

  TEST_CASE("what is no address is nothing") {
    for (const std::string text :
         {"", " ", "localhost", "192.0.2", "192.0.2.256", "192.0.2.1 ", "192.0.2.1%lo", "0x7f.1",
          "1:2:3:4:5:6:7", "::1::", "[::1]", "fe80::1%", "%lo"}) {
      CAPTURE(text);
      CHECK_FALSE(Address::parse(text, kPort));
    }
  }

  TEST_CASE("text does not end at a NUL: what follows it is not overlooked") {
    using std::string_literals::operator""s;
    CHECK_FALSE(Address::parse("127.0.0.1\0.example"s, kPort));
    CHECK_FALSE(Address::parse("::1\0"s, kPort));
    CHECK_FALSE(Address::parse("fe80::1%1\0x"s, kPort));
  }
}

TEST_SUITE("a zone (RFC 4007 section 11) becomes the scope id (C04)") {
  TEST_CASE("the name of an interface") {
    const char* const loopback = if_nametoindex("lo") != 0 ? "lo" : "lo0";
    const std::uint32_t index = if_nametoindex(loopback);
    REQUIRE(index != 0);
    const Address address = parsed(std::string("fe80::1%") + loopback);
    CHECK(as_v6(address).sin6_scope_id == index);
    CHECK(address.text() == "fe80::1");
  }

  TEST_CASE("a number, whether the host has the interface or not") {
    CHECK(as_v6(parsed("fe80::1%7")).sin6_scope_id == 7);
    CHECK(as_v6(parsed("fe80::1%4294967295")).sin6_scope_id == 4294967295);
  }

  TEST_CASE("a zone that the host has not is nothing") {
    for (const std::string zone : {"no-such-if", "0", "4294967296", "99999999999999999999", "7x",
                                   " 7", "+7", "-7", "-18446744073709551609", "lo%lo"}) {
      CAPTURE(zone);
      CHECK_FALSE(Address::parse("fe80::1%" + zone, kPort));
    }
  }
}

TEST_SUITE("what is known, and what is the same") {
  TEST_CASE("no address at all and the wildcards are not known") {
    const Address none;
    CHECK(none.family() == AF_UNSPEC);
    CHECK_FALSE(none.known());
    CHECK(none.port() == 0);
    CHECK(none.length() == 0);
    CHECK(none.text().empty());
    CHECK_FALSE(parsed("0.0.0.0").known());
    CHECK_FALSE(parsed("::").known());
    CHECK(parsed("0.0.0.1").known());
    CHECK(parsed("::1").known());
  }

  TEST_CASE("the same are two of the same family, address and port") {
    CHECK(parsed("192.0.2.1") == parsed("192.0.2.1"));
    CHECK(parsed("2001:db8::1") == parsed("2001:db8:0::1"));
    CHECK(Address() == Address());
    CHECK_FALSE(parsed("192.0.2.1") == parsed("192.0.2.2"));
    CHECK_FALSE(parsed("192.0.2.1", 1) == parsed("192.0.2.1", 2));
    CHECK_FALSE(parsed("2001:db8::1", 1) == parsed("2001:db8::1", 2));
    CHECK_FALSE(parsed("2001:db8::1") == parsed("2001:db8::2"));
    CHECK_FALSE(parsed("0.0.0.0", 0) == parsed("::", 0));
    CHECK_FALSE(parsed("0.0.0.0", 0) == Address());
  }

  TEST_CASE("what the system wrote is taken, the scope with it") {
    const Address v6 = Address::from_system(storage_of(parsed("fe80::2%7")));
    CHECK(v6 == parsed("fe80::2%7"));
    CHECK(as_v6(v6).sin6_scope_id == 7);
    CHECK(Address::from_system(storage_of(parsed("192.0.2.9"))).text() == "192.0.2.9");
  }

  TEST_CASE("a family that is not IP is no address") {
    sockaddr_storage storage{};
    storage.ss_family = AF_UNIX;
    CHECK(Address::from_system(storage).family() == AF_UNSPEC);
  }
}

TEST_SUITE("IPv4 in the clothes of IPv6 (RFC 4291 section 2.5.5.2)") {
  TEST_CASE("mapped() makes ::ffff:a.b.c.d of IPv4 and keeps the port (C04)") {
    const Address mapped = parsed("192.0.2.1").mapped();
    CHECK(mapped == parsed("::ffff:192.0.2.1"));
    CHECK(mapped.port() == kPort);
    CHECK(as_v6(mapped).sin6_scope_id == 0);
  }

  TEST_CASE("unmapped() is the way back (C09)") {
    CHECK(parsed("::ffff:192.0.2.1").unmapped() == parsed("192.0.2.1"));
  }

  TEST_CASE("any other address stays as it is, its zone with it") {
    CHECK(parsed("2001:db8::1").mapped() == parsed("2001:db8::1"));
    CHECK(as_v6(parsed("fe80::1%7").mapped()).sin6_scope_id == 7);
    CHECK(as_v6(parsed("fe80::1%7").unmapped()).sin6_scope_id == 7);
    CHECK(parsed("192.0.2.1").unmapped() == parsed("192.0.2.1"));
    CHECK(parsed("::192.0.2.1").unmapped() == parsed("::192.0.2.1"));
    CHECK(Address().mapped() == Address());
    CHECK(Address().unmapped() == Address());
  }
}

TEST_SUITE("for every address") {
  TEST_CASE("text and parse() are each other's inverse") {
    CHECK(rc::check("IPv4", [](std::array<std::uint8_t, 4> bytes, std::uint16_t port) {
      sockaddr_storage storage{};
      auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
      v4.sin_family = AF_INET;
      v4.sin_port = htons(port);
      std::memcpy(&v4.sin_addr, bytes.data(), bytes.size());
      const Address address = Address::from_system(storage);
      const auto again = Address::parse(address.text(), port);
      RC_ASSERT(again && *again == address);
      RC_ASSERT(again->text() == address.text());
      RC_ASSERT(again->known() == (bytes != std::array<std::uint8_t, 4>{}));
      RC_ASSERT(address.mapped().unmapped() == address);
    }));
    CHECK(rc::check("IPv6", [](std::array<std::uint8_t, 16> bytes, std::uint16_t port) {
      // Runs of zeros are what the text form is about; plain chance makes next to none.
      const auto zeros = *rc::gen::inRange<std::size_t>(0, bytes.size() + 1);
      const auto from = *rc::gen::inRange<std::size_t>(0, bytes.size() - zeros + 1);
      std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(from), zeros, std::uint8_t{0});
      sockaddr_storage storage{};
      auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
      v6.sin6_family = AF_INET6;
      v6.sin6_port = htons(port);
      std::memcpy(&v6.sin6_addr, bytes.data(), bytes.size());
      const Address address = Address::from_system(storage);
      const auto again = Address::parse(address.text(), port);
      RC_ASSERT(again && *again == address);
      RC_ASSERT(again->text() == address.text());
      RC_ASSERT(again->known() == (bytes != std::array<std::uint8_t, 16>{}));
    }));
  }

  TEST_CASE("no text makes parse() do anything but answer") {
    CHECK(rc::check("any text", [](const std::string& text) {
      const auto address = Address::parse(text, kPort);
      RC_ASSERT(!address || address->family() == AF_INET || address->family() == AF_INET6);
    }));
  }
}

}  // namespace connect_by_list

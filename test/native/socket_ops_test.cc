// What the engines need of the system, on loopback.

#include "core/socket_ops.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <type_traits>
#include <vector>

namespace connect_by_list {

namespace {

// Loopback answers within microseconds; this is for a machine that is busy.
constexpr int kPatienceMillis = 5'000;

bool is_open(NativeSocket socket) { return ::fcntl(socket, F_GETFD) != -1; }

// A socket that is bound to a free port of loopback. Where it does not listen, the port refuses,
// and nobody else can get it.
SocketHandle bound(const char* host) {
  const Address any = Address::parse(host, 0).value();
  OpenedSocket opened = open_stream(any.family());
  REQUIRE(opened.socket);
  REQUIRE(::bind(opened.socket.get(), any.data(), static_cast<socklen_t>(any.length())) == 0);
  return std::move(opened.socket);
}

SocketHandle listening(const char* host, int backlog = 8) {
  SocketHandle socket = bound(host);
  REQUIRE(::listen(socket.get(), backlog) == 0);
  return socket;
}

// What became of a connect, once the system knows.
ConnectProgress answer_to(NativeSocket socket, const Address& remote) {
  ConnectProgress progress = begin_connect(socket, remote);
  if (progress.progress == Progress::kPending) {
    pollfd entry{socket, POLLOUT, 0};
    REQUIRE(::poll(&entry, 1, kPatienceMillis) == 1);
    progress = poll_connect(socket);
  }
  return progress;
}

// Not every machine has IPv6; those that have not cannot test it.
bool has_ipv6() {
  const Address loopback = Address::parse("::1", 0).value();
  const OpenedSocket opened = open_stream(AF_INET6);
  return opened.socket && ::bind(opened.socket.get(), loopback.data(),
                                 static_cast<socklen_t>(loopback.length())) == 0;
}

std::vector<const char*> loopbacks() {
  if (has_ipv6()) return {"127.0.0.1", "::1"};
  MESSAGE("no IPv6 here: IPv4 alone is tested");
  return {"127.0.0.1"};
}

}  // namespace

TEST_SUITE("open_stream") {
  TEST_CASE("the socket is a stream, non-blocking and close-on-exec from birth (C06)") {
    for (const int family : {AF_INET, AF_INET6}) {
      if (family == AF_INET6 && !has_ipv6()) continue;
      const OpenedSocket opened = open_stream(family);
      REQUIRE(opened.socket);
      CHECK(opened.error == 0);
      CHECK((::fcntl(opened.socket.get(), F_GETFL) & O_NONBLOCK) != 0);
      CHECK((::fcntl(opened.socket.get(), F_GETFD) & FD_CLOEXEC) != 0);
      int type = 0;
      socklen_t length = sizeof(type);
      REQUIRE(::getsockopt(opened.socket.get(), SOL_SOCKET, SO_TYPE, &type, &length) == 0);
      CHECK(type == SOCK_STREAM);
    }
  }

  TEST_CASE("a family that the system does not know is an error, and no socket") {
    const OpenedSocket opened = open_stream(AF_MAX);
    CHECK_FALSE(opened.socket);
    CHECK(opened.error == EAFNOSUPPORT);
  }
}

TEST_SUITE("begin_connect and look") {
  TEST_CASE("where somebody listens it connects, from a local address that is known (C09)") {
    for (const char* host : loopbacks()) {
      CAPTURE(std::string(host));
      const SocketHandle listener = listening(host);
      const Address remote = local_address(listener.get());
      REQUIRE(remote.port() != 0);
      const OpenedSocket opened = open_stream(remote.family());
      const ConnectProgress answer = answer_to(opened.socket.get(), remote);
      CHECK(answer.progress == Progress::kConnected);
      CHECK(answer.error == 0);

      sockaddr_storage peer{};
      socklen_t length = sizeof(peer);
      const SocketHandle accepted(
          ::accept(listener.get(), reinterpret_cast<sockaddr*>(&peer), &length));
      REQUIRE(accepted);
      CHECK(local_address(opened.socket.get()) == Address::from_system(peer));
      CHECK(local_address(opened.socket.get()).known());
    }
  }

  TEST_CASE("where nobody listens it is refused") {
    for (const char* host : loopbacks()) {
      CAPTURE(std::string(host));
      const SocketHandle nobody = bound(host);
      const Address remote = local_address(nobody.get());
      const OpenedSocket opened = open_stream(remote.family());
      const ConnectProgress answer = answer_to(opened.socket.get(), remote);
      CHECK(answer.progress == Progress::kFailed);
      CHECK(answer.error == ECONNREFUSED);
    }
  }

  TEST_CASE("a connect that is still under way is neither a success nor a failure") {
    // A listener whose queue is full lets every further SYN wait.
    const SocketHandle listener = listening("127.0.0.1", 0);
    const Address remote = local_address(listener.get());
    std::vector<SocketHandle> crowd;
    ConnectProgress progress{Progress::kConnected, 0};
    constexpr std::size_t kMore = 16;
    while (progress.progress == Progress::kConnected && crowd.size() < kMore) {
      crowd.push_back(std::move(open_stream(AF_INET).socket));
      progress = begin_connect(crowd.back().get(), remote);
      if (progress.progress == Progress::kPending) progress = poll_connect(crowd.back().get());
    }
    REQUIRE(progress.progress == Progress::kPending);
    // However often one asks.
    CHECK(poll_connect(crowd.back().get()).progress == Progress::kPending);
    CHECK(poll_connect(crowd.back().get()).error == 0);
  }

  TEST_CASE(
      "an address of another family than the socket's fails at once, with the system's number") {
    const OpenedSocket opened = open_stream(AF_INET);
    const ConnectProgress progress =
        begin_connect(opened.socket.get(), Address::parse("::1", 9).value());
    CHECK(progress.progress == Progress::kFailed);
    CHECK(progress.error != 0);
  }

  TEST_CASE("a socket that is none says EBADF, and has no address (C18)") {
    CHECK(begin_connect(kNoSocket, Address::parse("127.0.0.1", 9).value()).error == EBADF);
    CHECK(local_address(kNoSocket).family() == AF_UNSPEC);
  }
}

TEST_SUITE("source_addresses") {
  TEST_CASE("each destination has its own, whatever was asked before it") {
    const Address v4 = Address::parse("127.0.0.1", 9).value();
    const Address wildcard = Address::parse("0.0.0.0", 9).value();
    const std::vector<Address> sources = source_addresses({v4, Address(), wildcard, v4});
    REQUIRE(sources.size() == 4);
    CHECK(sources[0].text() == "127.0.0.1");
    CHECK(sources[1].family() == AF_UNSPEC);
    CHECK(sources[2].text() == "127.0.0.1");  // Which is what it reaches.
    CHECK(sources[3].text() == "127.0.0.1");
    if (!has_ipv6()) return;
    const Address v6 = Address::parse("::1", 9).value();
    const std::vector<Address> mixed = source_addresses({v6, v4, v6});
    CHECK(mixed[0].text() == "::1");
    CHECK(mixed[1].text() == "127.0.0.1");
    CHECK(mixed[2].text() == "::1");
  }

  TEST_CASE("to ask leaves nothing open") {
    const NativeSocket next = open_stream(AF_INET).socket.get();
    source_addresses({Address::parse("127.0.0.1", 9).value()});
    CHECK(open_stream(AF_INET).socket.get() == next);
  }
}

TEST_SUITE("SocketHandle owns its socket") {
  static_assert(!std::is_copy_constructible_v<SocketHandle>);
  static_assert(!std::is_copy_assignable_v<SocketHandle>);
  static_assert(std::is_nothrow_move_constructible_v<SocketHandle>);
  static_assert(std::is_nothrow_move_assignable_v<SocketHandle>);

  TEST_CASE("it closes it when it goes") {
    NativeSocket socket = kNoSocket;
    {
      const SocketHandle handle = bound("127.0.0.1");
      socket = handle.get();
      CHECK(is_open(socket));
    }
    CHECK_FALSE(is_open(socket));
    CHECK(errno == EBADF);
  }

  TEST_CASE("moving it leaves nothing behind, and closes what the target had") {
    SocketHandle from = bound("127.0.0.1");
    SocketHandle to = bound("127.0.0.1");
    const NativeSocket moved = from.get();
    const NativeSocket replaced = to.get();
    to = std::move(from);
    CHECK(to.get() == moved);
    CHECK(is_open(moved));
    CHECK_FALSE(is_open(replaced));

    const SocketHandle last(std::move(to));
    CHECK(last.get() == moved);
    CHECK(is_open(moved));
  }

  TEST_CASE("moving it to itself keeps the socket") {
    SocketHandle handle = bound("127.0.0.1");
    SocketHandle& same = handle;
    handle = std::move(same);
    CHECK(handle);
    CHECK(is_open(handle.get()));
  }

  TEST_CASE("release() hands the socket on, and closes nothing") {
    SocketHandle handle = bound("127.0.0.1");
    const NativeSocket socket = handle.release();
    CHECK_FALSE(handle);
    handle.reset();
    CHECK(is_open(socket));
    close_socket(socket);
    CHECK_FALSE(is_open(socket));
  }

  TEST_CASE("reset() closes the old socket, once") {
    SocketHandle handle = bound("127.0.0.1");
    const NativeSocket socket = handle.get();
    handle.reset();
    CHECK_FALSE(handle);
    CHECK_FALSE(is_open(socket));
    handle.reset();
  }
}

}  // namespace connect_by_list

#include "loop/uv_system.h"

#include <uv.h>

#include <cstdint>
#include <optional>
#include <utility>

namespace connect_by_list {

namespace {

constexpr Micros kMicrosPerMilli = 1'000;

class UvSocket final : public System::Socket {
 public:
  UvSocket(Loop& loop, SocketHandle socket) : loop_(loop), socket_(std::move(socket)) {}

  int bind(const Address& local) override { return bind_local(socket_.get(), local); }
  ConnectProgress connect(const Address& remote) override {
    return begin_connect(socket_.get(), remote);
  }
  ConnectProgress poll_connect() override { return connect_by_list::poll_connect(socket_.get()); }
  Address local_address() const override { return connect_by_list::local_address(socket_.get()); }

  int watch(std::function<void()> ready) override {
    watch_.emplace();
    const int error = watch_->start(loop_, socket_.get(), std::move(ready));
    if (error != 0) watch_.reset();
    return error;
  }

  void set_ref(bool is_ref) override {
    if (watch_) watch_->set_ref(is_ref);
  }

  SocketHandle release() override {
    watch_.reset();
    return std::move(socket_);
  }

 private:
  Loop& loop_;
  SocketHandle socket_;
  std::optional<WritableWatch> watch_;  // Ends before the socket does.
};

class UvTimer final : public System::Timer {
 public:
  UvTimer(Loop& loop, std::function<void()> wake) : loop_(loop), timer_(loop, std::move(wake)) {}

  // Rounded up: a timer that wakes its owner too early would only be set again.
  void set(Micros at) override {
    timer_.set(static_cast<std::uint64_t>((at + kMicrosPerMilli - 1) / kMicrosPerMilli));
  }
  // A timer that is due at once could run again in this turn.
  void set_next_turn() override { timer_.set(uv_now(loop_.get()) + 1); }
  void stop() override { timer_.stop(); }
  void set_ref(bool is_ref) override { timer_.set_ref(is_ref); }

 private:
  Loop& loop_;
  WakeTimer timer_;
};

}  // namespace

Micros UvSystem::now() const { return static_cast<Micros>(uv_hrtime() / 1'000); }

System::Opened UvSystem::open(int family) {
  OpenedSocket opened = open_stream(family);
  if (!opened.socket) return {nullptr, opened.error};
  return {std::make_unique<UvSocket>(loop_, std::move(opened.socket)), 0};
}

std::unique_ptr<System::Timer> UvSystem::make_timer(std::function<void()> wake) {
  return std::make_unique<UvTimer>(loop_, std::move(wake));
}

}  // namespace connect_by_list

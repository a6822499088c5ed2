// The System that production uses: the platform's sockets (core/socket_ops.h), polled by libuv on
// the loop of one environment.

#ifndef CONNECT_BY_LIST_LOOP_UV_SYSTEM_H_
#define CONNECT_BY_LIST_LOOP_UV_SYSTEM_H_

#include <functional>
#include <memory>

#include "loop/loop_handles.h"
#include "race/system.h"

namespace connect_by_list {

class UvSystem final : public System {
 public:
  explicit UvSystem(Loop& loop) : loop_(loop) {}

  Micros now() const override;
  Opened open(int family) override;
  std::unique_ptr<Timer> make_timer(std::function<void()> wake) override;

 private:
  Loop& loop_;
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_LOOP_UV_SYSTEM_H_

// What a race needs of the system: sockets that connect, a timer, and a clock. RaceCall uses
// nothing else, so the tests run it with a simulated network and clock
// (test/native/simulated_loop.h); production uses UvSystem (loop/uv_system.h).
//
// Every error is the system's own number: an errno, or WSAGetLastError's. Everything here is called
// on one thread, that of the event loop.

#ifndef CONNECT_BY_LIST_RACE_SYSTEM_H_
#define CONNECT_BY_LIST_RACE_SYSTEM_H_

#include <functional>
#include <memory>

#include "core/address.h"
#include "core/race.h"
#include "core/socket_handle.h"
#include "core/socket_ops.h"

namespace connect_by_list {

class System {
 public:
  // A TCP socket of one attempt. Its destructor closes the socket.
  class Socket {
   public:
    Socket() = default;
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    virtual ~Socket() = default;

    // 0, or an error.
    virtual int bind(const Address& local) = 0;
    virtual ConnectProgress connect(const Address& remote) = 0;
    // Where the connect stands now. Not called again after it has failed.
    virtual ConnectProgress poll_connect() = 0;
    // "No address" when the system does not tell.
    virtual Address local_address() const = 0;
    // Calls `ready` from the loop whenever the socket has become writable or broken, until the
    // socket is released or destroyed. 0, or an error. `ready` may destroy the socket.
    virtual int watch(std::function<void()> ready) = 0;
    // Whether the loop stays alive for the watch; it does to begin with.
    virtual void set_ref(bool is_ref) = 0;
    // Ends the watch and hands the socket over.
    virtual SocketHandle release() = 0;
  };

  struct Opened {
    std::unique_ptr<Socket> socket;
    int error = 0;
  };

  // Calls its owner back from the loop. The callback may destroy the timer.
  class Timer {
   public:
    Timer() = default;
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    virtual ~Timer() = default;

    // Once, at this time or a moment later; in place of what was set before.
    virtual void set(Micros at) = 0;
    // Once, in the next turn of the loop, when sockets and finished work have had their turn.
    virtual void set_next_turn() = 0;
    virtual void stop() = 0;
    // Whether the loop stays alive for the timer; it does to begin with.
    virtual void set_ref(bool is_ref) = 0;
  };

  System() = default;
  System(const System&) = delete;
  System& operator=(const System&) = delete;
  virtual ~System() = default;

  // A clock that never goes back.
  virtual Micros now() const = 0;
  virtual Opened open(int family) = 0;
  virtual std::unique_ptr<Timer> make_timer(std::function<void()> wake) = 0;
};

}  // namespace connect_by_list

#endif  // CONNECT_BY_LIST_RACE_SYSTEM_H_

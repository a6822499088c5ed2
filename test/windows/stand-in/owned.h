// Small owners. The C++ library has a mutex too, but mingw-w64 comes in a variant without its
// threads.

#ifndef CONNECT_BY_LIST_STAND_IN_OWNED_H_
#define CONNECT_BY_LIST_STAND_IN_OWNED_H_

#include <utility>

#include "winsock_headers.h"

namespace stand_in {

// Owns a kernel handle, an event here; never a socket, which closesocket alone may close.
class Handle {
 public:
  explicit Handle(HANDLE handle) : handle_(handle) {}
  Handle(Handle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  Handle& operator=(Handle&&) = delete;
  ~Handle() {
    if (handle_ != nullptr) CloseHandle(handle_);
  }
  HANDLE get() const { return handle_; }

 private:
  HANDLE handle_;
};

// Owns a socket of the stand-in's own; never the caller's.
class OwnSocket {
 public:
  explicit OwnSocket(SOCKET socket) : socket_(socket) {}
  OwnSocket(OwnSocket&& other) noexcept : socket_(std::exchange(other.socket_, INVALID_SOCKET)) {}
  OwnSocket(const OwnSocket&) = delete;
  OwnSocket& operator=(const OwnSocket&) = delete;
  OwnSocket& operator=(OwnSocket&&) = delete;
  ~OwnSocket() {
    if (socket_ != INVALID_SOCKET) closesocket(socket_);
  }
  SOCKET get() const { return socket_; }

 private:
  SOCKET socket_;
};

class Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;
  void Lock() { AcquireSRWLockExclusive(&lock_); }
  void Unlock() { ReleaseSRWLockExclusive(&lock_); }

 private:
  SRWLOCK lock_ = SRWLOCK_INIT;
};

class Guard {
 public:
  explicit Guard(Mutex& mutex) : mutex_(mutex) { mutex_.Lock(); }
  ~Guard() { mutex_.Unlock(); }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace stand_in

#endif  // CONNECT_BY_LIST_STAND_IN_OWNED_H_

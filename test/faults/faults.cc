// Preloaded before libc (LD_PRELOAD), so that calls of a process to the system fail on request: one
// function, one errno, at one of its calls or from that call on. The test gives its orders through
// a file that it shares with us (CONNECT_BY_LIST_FAULTS names it, control.mjs writes it), so that
// one process can go through thousands of cases.
//
// Calls count only while the orders are in force, and only for sockets that were made meanwhile:
// Node's own descriptors (pipes, epoll's own, files) are left alone. Linux with glibc only. Any
// thread may call any of this.

#include <dlfcn.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>

namespace {

// The order is that of FUNCTIONS in control.mjs.
enum Function : std::uint32_t {
  kSocket,
  kConnect,
  kSetsockopt,
  kGetsockopt,
  kFcntl,
  kIoctl,
  kBind,
  kClose,
  kGetifaddrs,
  kGetsockname,
  kGetpeername,
  kPoll,
  kEpollCtl,
  kFunctions
};

// What is shared with the test; control.mjs has the same layout.
struct Control {
  std::atomic<std::uint32_t> armed;
  std::atomic<std::uint32_t> function;
  std::atomic<std::int32_t> error;
  // Which call fails, counted from 1; 0 for none.
  std::atomic<std::uint32_t> position;
  // Whether all that come after it fail too.
  std::atomic<std::uint32_t> persists;
  // How many calls have been made to fail.
  std::atomic<std::uint32_t> hits;
  std::array<std::atomic<std::uint32_t>, kFunctions> calls;
};
static_assert(sizeof(Control) == (6 + kFunctions) * sizeof(std::uint32_t), "as in control.mjs");

Control* control() {
  static Control* const shared = []() -> Control* {
    const char* path = std::getenv("CONNECT_BY_LIST_FAULTS");
    if (path == nullptr) return nullptr;
    const int file = ::open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) std::abort();
    void* memory = mmap(nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) std::abort();
    return static_cast<Control*>(memory);
  }();
  return shared;
}

// Sockets made while the orders were in force, by their number.
std::array<std::atomic<bool>, 65'536> followed;

bool follows(int fd) {
  return fd >= 0 && static_cast<std::size_t>(fd) < followed.size() && followed[fd];
}

// Whether this call has to fail; errno is set then.
bool fails(Function function) {
  Control* orders = control();
  if (orders == nullptr || orders->armed == 0) return false;
  const std::uint32_t call = ++orders->calls[function];
  if (orders->position == 0 || orders->function != function) return false;
  const bool is_it = orders->persists != 0 ? call >= orders->position : call == orders->position;
  if (!is_it) return false;
  ++orders->hits;
  errno = orders->error;
  return true;
}

bool fails(Function function, int fd) { return follows(fd) && fails(function); }

// The function that would have been called without us.
template <typename F>
F* next(const char* name) {
  return reinterpret_cast<F*>(dlsym(RTLD_NEXT, name));
}

int next_fcntl(int fd, int command, void* argument) {
  static auto* const real = next<int(int, int, ...)>("fcntl64");
  return fails(kFcntl, fd) ? -1 : real(fd, command, argument);
}

}  // namespace

#pragma GCC visibility push(default)
extern "C" {

// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name)

int socket(int domain, int type, int protocol) noexcept {
  static auto* const real = next<int(int, int, int)>("socket");
  const bool is_ip = domain == AF_INET || domain == AF_INET6;
  if (is_ip && fails(kSocket)) return -1;
  const int fd = real(domain, type, protocol);
  const Control* orders = control();
  if (is_ip && fd >= 0 && orders != nullptr && orders->armed != 0 &&
      static_cast<std::size_t>(fd) < followed.size()) {
    followed[fd] = true;
  }
  return fd;
}

int connect(int fd, const sockaddr* address, socklen_t length) {
  static auto* const real = next<int(int, const sockaddr*, socklen_t)>("connect");
  if (!fails(kConnect, fd)) return real(fd, address, length);
  const int error = errno;
  // POSIX: an interrupted connect goes on by itself.
  if (error == EINTR) real(fd, address, length);
  errno = error;
  return -1;
}

int setsockopt(int fd, int level, int name, const void* value, socklen_t length) noexcept {
  static auto* const real = next<int(int, int, int, const void*, socklen_t)>("setsockopt");
  return fails(kSetsockopt, fd) ? -1 : real(fd, level, name, value, length);
}

int getsockopt(int fd, int level, int name, void* value, socklen_t* length) noexcept {
  static auto* const real = next<int(int, int, int, void*, socklen_t*)>("getsockopt");
  return fails(kGetsockopt, fd) ? -1 : real(fd, level, name, value, length);
}

int fcntl(int fd, int command, ...) {
  std::va_list arguments;
  va_start(arguments, command);
  void* argument = va_arg(arguments, void*);
  va_end(arguments);
  return next_fcntl(fd, command, argument);
}

int fcntl64(int fd, int command, ...) {
  std::va_list arguments;
  va_start(arguments, command);
  void* argument = va_arg(arguments, void*);
  va_end(arguments);
  return next_fcntl(fd, command, argument);
}

int ioctl(int fd, unsigned long request, ...) noexcept {
  static auto* const real = next<int(int, unsigned long, ...)>("ioctl");
  std::va_list arguments;
  va_start(arguments, request);
  void* argument = va_arg(arguments, void*);
  va_end(arguments);
  return fails(kIoctl, fd) ? -1 : real(fd, request, argument);
}

int bind(int fd, const sockaddr* address, socklen_t length) noexcept {
  static auto* const real = next<int(int, const sockaddr*, socklen_t)>("bind");
  return fails(kBind, fd) ? -1 : real(fd, address, length);
}

int close(int fd) {
  static auto* const real = next<int(int)>("close");
  const bool failing = fails(kClose, fd);
  const int error = errno;
  // Linux: the descriptor is gone even where close() reports an error.
  if (follows(fd)) followed[fd] = false;
  const int result = real(fd);
  if (!failing) return result;
  errno = error;
  return -1;
}

int getifaddrs(ifaddrs** list) noexcept {
  static auto* const real = next<int(ifaddrs**)>("getifaddrs");
  return fails(kGetifaddrs) ? -1 : real(list);
}

int getsockname(int fd, sockaddr* address, socklen_t* length) noexcept {
  static auto* const real = next<int(int, sockaddr*, socklen_t*)>("getsockname");
  return fails(kGetsockname, fd) ? -1 : real(fd, address, length);
}

int getpeername(int fd, sockaddr* address, socklen_t* length) noexcept {
  static auto* const real = next<int(int, sockaddr*, socklen_t*)>("getpeername");
  return fails(kGetpeername, fd) ? -1 : real(fd, address, length);
}

int poll(pollfd* entries, nfds_t count, int timeout) {
  static auto* const real = next<int(pollfd*, nfds_t, int)>("poll");
  const bool ours = count == 1 && entries != nullptr && follows(entries->fd);
  return ours && fails(kPoll) ? -1 : real(entries, count, timeout);
}

int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) noexcept {
  static auto* const real = next<int(int, int, int, epoll_event*)>("epoll_ctl");
  const bool adds = operation == EPOLL_CTL_ADD;
  return adds && fails(kEpollCtl, fd) ? -1 : real(epoll, operation, fd, event);
}

// NOLINTEND(readability-inconsistent-declaration-parameter-name)
}
#pragma GCC visibility pop

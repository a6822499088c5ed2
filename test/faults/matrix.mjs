// What is made to fail, and how: each function with every errno that its page documents (POSIX.1-2017; the
// Linux manual, sections 2 and 3; tcp(7), ip(7)).

/** `once`: no scenario goes on for ever when all of these calls fail, but a real system does not do that. */
export const ERRORS = {
  socket: [
    'EACCES',
    'EAFNOSUPPORT',
    'EINVAL',
    'EMFILE',
    'ENFILE',
    'ENOBUFS',
    'ENOMEM',
    'EPERM',
    'EPROTONOSUPPORT',
  ],
  connect: [
    'EACCES',
    'EADDRINUSE',
    'EADDRNOTAVAIL',
    'EAFNOSUPPORT',
    'EAGAIN',
    'EALREADY',
    'ECONNREFUSED',
    'ECONNRESET',
    'EHOSTUNREACH',
    'EINTR',
    'EINVAL',
    'EISCONN',
    'ENETDOWN',
    'ENETUNREACH',
    'ENOBUFS',
    'ENOMEM',
    'EPERM',
    'EPROTOTYPE',
    'ETIMEDOUT',
  ],
  setsockopt: ['EACCES', 'EINVAL', 'ENOBUFS', 'ENOMEM', 'ENOPROTOOPT', 'EPERM'],
  getsockopt: ['EACCES', 'EINVAL', 'ENOBUFS', 'ENOMEM', 'ENOPROTOOPT'],
  fcntl: ['EACCES', 'EAGAIN', 'EINTR', 'EINVAL', 'EMFILE', 'EPERM'],
  ioctl: ['EINVAL', 'ENOMEM', 'ENOTTY', 'EPERM'],
  bind: [
    'EACCES',
    'EADDRINUSE',
    'EADDRNOTAVAIL',
    'EAFNOSUPPORT',
    'EINVAL',
    'ENOBUFS',
    'ENOMEM',
    'EPERM',
  ],
  close: ['EDQUOT', 'EINTR', 'EIO', 'ENOSPC'],
  getifaddrs: ['EACCES', 'EAFNOSUPPORT', 'EINTR', 'EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'],
  getsockname: ['EINVAL', 'ENOBUFS', 'ENOMEM'],
  getpeername: ['EINVAL', 'ENOBUFS', 'ENOTCONN'],
  poll: ['EAGAIN', 'EINTR', 'ENOMEM'],
  epoll_ctl: ['ENOMEM', 'ENOSPC', 'EPERM'],
};

/** A poll() that fails for ever would leave nothing to learn of a socket by; the system has no such state. */
const ONLY_ONCE = new Set(['poll', 'epoll_ctl']);

/**
 * libuv asks the system whether it can watch a socket, and reports a no; when it then watches, and the
 * system says no all the same, it aborts the process. So of these only the first is tried: the question.
 */
const ONLY_FIRST = new Set(['epoll_ctl']);

/** Every case of a scenario in which each function was called as often as `calls` says. */
export function casesFor(calls) {
  const cases = [];
  for (const [name, errors] of Object.entries(ERRORS)) {
    const last = ONLY_FIRST.has(name) ? Math.min(calls[name], 1) : calls[name];
    for (let position = 1; position <= last; position++) {
      for (const error of errors) {
        cases.push({ function: name, error, position, persists: false });
        if (!ONLY_ONCE.has(name)) cases.push({ function: name, error, position, persists: true });
      }
    }
  }
  return cases;
}

export function nameOf({ function: name, error, position, persists }) {
  return `${name}() fails with ${error} at call ${position}${persists ? ' and after it' : ''}`;
}

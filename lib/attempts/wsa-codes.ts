// Winsock's error codes and Node's names for them. The list is what connect(), WSASocket(), setsockopt(),
// WSAConnectByList() and WSAConnectByName(), which resolves a name as getaddrinfo() does, can give
// (learn.microsoft.com/windows/win32/winsock/windows-sockets-error-codes-2); Node's names are those that
// libuv gives to the same codes, or that POSIX has where libuv has none. A name without an address is
// ENOTFOUND, as dns.lookup() has it, whether the name exists or not.

export interface WsaError {
  /** WSAGetLastError's number. */
  readonly wsaCode: number;
  readonly wsaName: string;
  /** Node's code. */
  readonly code: string;
}

const TABLE: readonly (readonly [wsaCode: number, wsaName: string, code: string])[] = [
  [6, 'WSA_INVALID_HANDLE', 'EBADF'],
  [8, 'WSA_NOT_ENOUGH_MEMORY', 'ENOMEM'],
  [87, 'WSA_INVALID_PARAMETER', 'EINVAL'],
  [995, 'WSA_OPERATION_ABORTED', 'ECANCELED'],
  [10004, 'WSAEINTR', 'EINTR'],
  [10009, 'WSAEBADF', 'EBADF'],
  [10013, 'WSAEACCES', 'EACCES'],
  [10014, 'WSAEFAULT', 'EFAULT'],
  [10022, 'WSAEINVAL', 'EINVAL'],
  [10024, 'WSAEMFILE', 'EMFILE'],
  [10035, 'WSAEWOULDBLOCK', 'EAGAIN'],
  [10036, 'WSAEINPROGRESS', 'EALREADY'],
  [10037, 'WSAEALREADY', 'EALREADY'],
  [10038, 'WSAENOTSOCK', 'ENOTSOCK'],
  [10039, 'WSAEDESTADDRREQ', 'EDESTADDRREQ'],
  [10041, 'WSAEPROTOTYPE', 'EPROTOTYPE'],
  [10042, 'WSAENOPROTOOPT', 'ENOPROTOOPT'],
  [10043, 'WSAEPROTONOSUPPORT', 'EPROTONOSUPPORT'],
  [10044, 'WSAESOCKTNOSUPPORT', 'ESOCKTNOSUPPORT'],
  [10045, 'WSAEOPNOTSUPP', 'ENOTSUP'],
  [10046, 'WSAEPFNOSUPPORT', 'EAFNOSUPPORT'],
  [10047, 'WSAEAFNOSUPPORT', 'EAFNOSUPPORT'],
  [10048, 'WSAEADDRINUSE', 'EADDRINUSE'],
  [10049, 'WSAEADDRNOTAVAIL', 'EADDRNOTAVAIL'],
  [10050, 'WSAENETDOWN', 'ENETDOWN'],
  [10051, 'WSAENETUNREACH', 'ENETUNREACH'],
  [10052, 'WSAENETRESET', 'ECONNRESET'],
  [10053, 'WSAECONNABORTED', 'ECONNABORTED'],
  [10054, 'WSAECONNRESET', 'ECONNRESET'],
  [10055, 'WSAENOBUFS', 'ENOBUFS'],
  [10056, 'WSAEISCONN', 'EISCONN'],
  [10057, 'WSAENOTCONN', 'ENOTCONN'],
  [10058, 'WSAESHUTDOWN', 'EPIPE'],
  [10060, 'WSAETIMEDOUT', 'ETIMEDOUT'],
  [10061, 'WSAECONNREFUSED', 'ECONNREFUSED'],
  [10064, 'WSAEHOSTDOWN', 'EHOSTDOWN'],
  [10065, 'WSAEHOSTUNREACH', 'EHOSTUNREACH'],
  [10067, 'WSAEPROCLIM', 'EMFILE'],
  [10091, 'WSASYSNOTREADY', 'ENETDOWN'],
  [10092, 'WSAVERNOTSUPPORTED', 'ENOTSUP'],
  [10093, 'WSANOTINITIALISED', 'ENETDOWN'],
  [10109, 'WSATYPE_NOT_FOUND', 'EAI_SERVICE'],
  [11001, 'WSAHOST_NOT_FOUND', 'ENOTFOUND'],
  [11002, 'WSATRY_AGAIN', 'EAI_AGAIN'],
  [11003, 'WSANO_RECOVERY', 'EAI_FAIL'],
  [11004, 'WSANO_DATA', 'ENOTFOUND'],
];

export const WSA_ERRORS: ReadonlyMap<number, WsaError> = new Map(
  TABLE.map(([wsaCode, wsaName, code]) => [wsaCode, { wsaCode, wsaName, code }]),
);

/** A code that is not in the table keeps its number; its name is not known, and Node says UNKNOWN. */
export function wsaError(wsaCode: number): WsaError {
  return WSA_ERRORS.get(wsaCode) ?? { wsaCode, wsaName: `WSA error ${wsaCode}`, code: 'UNKNOWN' };
}

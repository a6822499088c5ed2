// The table from Winsock's codes to Node's.

import { getSystemErrorMap } from 'node:util';

import { WSA_ERRORS, wsaError } from '#dist/attempts/wsa-codes';

const nodeCodes = new Set(Array.from(getSystemErrorMap().values(), ([code]) => code));
/** Node's own list lacks them on some versions; POSIX has them. */
const posixOnly = new Set([
  'ENOPROTOOPT',
  'EDESTADDRREQ',
  'EPROTOTYPE',
  'ESOCKTNOSUPPORT',
  'EHOSTDOWN',
]);
/** What Node's dns calls a name without an address, in place of two codes of libuv (nodejs.org/api/dns.html). */
const ofNodesDns = new Set(['ENOTFOUND']);

describe('Winsock’s error codes', () => {
  // What connect() is documented to give (learn.microsoft.com, connect function, "Return value"), and
  // what the pages of WSAConnectByList and of getaddrinfo ("Return value") add.
  test.each([
    [10004, 'WSAEINTR', 'EINTR'],
    [10013, 'WSAEACCES', 'EACCES'],
    [10014, 'WSAEFAULT', 'EFAULT'],
    [10022, 'WSAEINVAL', 'EINVAL'],
    [10035, 'WSAEWOULDBLOCK', 'EAGAIN'],
    [10036, 'WSAEINPROGRESS', 'EALREADY'],
    [10037, 'WSAEALREADY', 'EALREADY'],
    [10038, 'WSAENOTSOCK', 'ENOTSOCK'],
    [10047, 'WSAEAFNOSUPPORT', 'EAFNOSUPPORT'],
    [10048, 'WSAEADDRINUSE', 'EADDRINUSE'],
    [10049, 'WSAEADDRNOTAVAIL', 'EADDRNOTAVAIL'],
    [10050, 'WSAENETDOWN', 'ENETDOWN'],
    [10051, 'WSAENETUNREACH', 'ENETUNREACH'],
    [10055, 'WSAENOBUFS', 'ENOBUFS'],
    [10056, 'WSAEISCONN', 'EISCONN'],
    [10060, 'WSAETIMEDOUT', 'ETIMEDOUT'],
    [10061, 'WSAECONNREFUSED', 'ECONNREFUSED'],
    [10065, 'WSAEHOSTUNREACH', 'EHOSTUNREACH'],
    [10093, 'WSANOTINITIALISED', 'ENETDOWN'],
    [10109, 'WSATYPE_NOT_FOUND', 'EAI_SERVICE'],
    [11001, 'WSAHOST_NOT_FOUND', 'ENOTFOUND'],
    [11002, 'WSATRY_AGAIN', 'EAI_AGAIN'],
    [11003, 'WSANO_RECOVERY', 'EAI_FAIL'],
    [11004, 'WSANO_DATA', 'ENOTFOUND'],
  ])('%d is %s, and %s to Node', (wsaCode, wsaName, code) => {
    expect(wsaError(wsaCode)).toEqual({ wsaCode, wsaName, code });
  });

  test('every code of the table is one that Node or POSIX knows', () => {
    for (const { code } of WSA_ERRORS.values()) {
      expect(nodeCodes.has(code) || posixOnly.has(code) || ofNodesDns.has(code)).toBe(true);
    }
  });

  test('no name stands twice, and a number is filed under itself', () => {
    const names = Array.from(WSA_ERRORS.values(), ({ wsaName }) => wsaName);
    expect(new Set(names).size).toBe(names.length);
    for (const [number, { wsaCode }] of WSA_ERRORS) expect(wsaCode).toBe(number);
  });

  test('a code that nobody knows keeps its number', () => {
    expect(wsaError(12345)).toEqual({
      wsaCode: 12345,
      wsaName: 'WSA error 12345',
      code: 'UNKNOWN',
    });
  });
});

// The stand-in for WSAConnectByList, as the tests on Wine see it. README.md beside this file says what
// it is. One process has one stand-in, which its worker threads share.
//
// Times are in milliseconds. Error numbers are Winsock's (10061 is WSAECONNREFUSED). Addresses are text
// as inet_ntop writes them, an IPv4-mapped one as '::ffff:127.0.0.1'. Families and socket types are
// Windows' numbers: AF_INET 2, AF_INET6 23, SOCK_STREAM 1.

import { createRequire } from 'node:module';
import { join } from 'node:path';

/** One entry of the list, as it was passed. */
export interface StandInEntry {
  family: number;
  /** Bytes: 28 is a sockaddr_in6, 16 a sockaddr_in. */
  length: number;
  /** Empty when the family is neither of the two, or the length too short for it. */
  address: string;
  port: number;
  scopeId: number;
  /** Whether the address is an IPv4-mapped one (C04). */
  mapped: boolean;
}

/** One attempt that has ended. Its error is 0 when it connected. */
export interface StandInAttempt {
  address: string;
  port: number;
  error: number;
  ms: number;
}

/** One call of WSAConnectByList, finished or not. */
export interface StandInCall {
  socketFamily: number;
  socketType: number;
  v6only: boolean;
  /** Whether the socket was made with WSA_FLAG_OVERLAPPED; missing when the system does not tell. */
  overlapped?: boolean;
  inheritable: boolean;
  /** Whether the socket was bound already, which is refused (C05). */
  bound: boolean;
  entries: StandInEntry[];
  timeout: { seconds: number; microseconds: number } | null;
  reservedIsNull: boolean;
  /** The length, in bytes, given for the local address; null when there was no buffer (C10). */
  localBuffer: number | null;
  remoteBuffer: number | null;
  result: 'running' | 'connected' | 'failed';
  /** What WSAGetLastError said after the call; 0 while it runs, and after success. */
  error: number;
  /** Why the call was refused before any attempt, with the clause; null when it was not. */
  refused: string | null;
  /** Windows' number of the thread that made the call. */
  threadId: number;
  /** How often CancelIoEx was called on the socket while the call was running. */
  cancels: number;
  /** 'first': nothing else touched the socket between TRUE and SO_UPDATE_CONNECT_CONTEXT (C21). */
  updateContext: 'never' | 'first' | 'late';
  closed: boolean;
  /** closesocket was called while the call was running, which Winsock forbids. */
  closedWhileRunning: boolean;
  attempts: StandInAttempt[];
}

/** What shall happen to calls that begin from now on. Without any of it they really connect. */
export interface StandInProgram {
  /** Every attempt fails with this error, and nothing is sent. */
  fail?: number;
  /** The call itself fails at once with this error. What would be refused is refused nevertheless. */
  failCall?: number;
  /** WSASocketW makes no socket, and fails with this error. */
  failSocket?: number;
  /** Setting IPV6_V6ONLY fails with this error. */
  failV6Only?: number;
  /** Setting SO_UPDATE_CONNECT_CONTEXT fails with this error, and the socket stays unusable (C21). */
  failUpdateContext?: number;
  /** select() fails with this error, whatever it is asked about. */
  failSelect?: number;
  /** The build of Windows that RtlGetVersion tells. */
  windowsBuild?: number;
  /** A layered provider: CancelIoEx on a socket finds nothing to cancel, on its SIO_BASE_HANDLE it does. */
  layered?: boolean;
  /** Every attempt hangs this long before it goes on to its result. Infinity: until it is cancelled. */
  block?: number;
  /** `fail` and `block` are for this many attempts of each call, the first ones. Default: all. */
  times?: number;
  /** When CancelIoEx ends the running attempt: at once, with 995, or not before its own end. */
  cancel?: 'at-once' | 'late';
  /** What the call does when an attempt was cancelled and has not connected: try the next, or fail with 995. */
  afterCancel?: 'next' | 'return';
  /**
   * With 'late': an attempt that hangs by `block` and was cancelled ends this long after it began, with
   * `fail` or else WSAETIMEDOUT. Without it, such an attempt ends as if it had not been cancelled, so never
   * with `block: Infinity`, except by reset(). A real connect that hangs obeys it with `probe` only.
   */
  lateMs?: number;
  /**
   * Ask each address with a socket of the stand-in's own first, and connect the caller's when it answers.
   * The server then sees two connections. Needed only where a real connect that hangs is cancelled and a
   * later entry shall connect: Wine cannot use a socket again whose connect was cancelled. Without being
   * asked for, it is done for an IPv4-mapped entry with a native IPv6 one behind it.
   */
  probe?: boolean;
}

interface StandIn {
  install(): void;
  remove(): void;
  program(program: StandInProgram): void;
  calls(): StandInCall[];
  reset(): void;
  mainThreadId(): number;
  currentThreadId(): number;
  liveSockets(): number;
  initialRtoCount(): number;
  handleCount(): number;
}

// Beside this file, compiled or not: the build puts the addon there.
const native = createRequire(__filename)(join(__dirname, 'stand_in.node')) as StandIn;

/**
 * Makes the loaded ws2_32.dll export WSAConnectByList. Modules that are loaded later, and those that
 * are loaded already, have their socket calls watched. To be called again does no harm.
 */
export function install(): void {
  native.install();
}

/** Takes the name out of ws2_32.dll again. Sockets of earlier calls are still followed. */
export function remove(): void {
  native.remove();
}

/** Replaces the program. Calls that are running keep the one that they began with. */
export function program(p: StandInProgram): void {
  native.program(p);
}

/** All calls since the last reset(), in the order in which they began, as they stand now. */
export function calls(): StandInCall[] {
  return native.calls();
}

/** Forgets all calls and the program. Attempts that hang end at once, and their calls fail with 995. */
export function reset(): void {
  native.reset();
}

/** Windows' number of the process's main thread, to compare with `threadId` (C19). */
export function mainThreadId(): number {
  return native.mainThreadId();
}

/** The same for the thread that asks, as a worker's thread of the event loop is another one. */
export function currentThreadId(): number {
  return native.currentThreadId();
}

/** How many sockets have been passed to calls since the last reset() and are not closed yet (C22). */
export function liveSockets(): number {
  return native.liveSockets();
}

/** How often SIO_TCP_INITIAL_RTO was set, on whatever socket, since the last reset(). */
export function initialRtoCount(): number {
  return native.initialRtoCount();
}

/** How many handles of Windows this process has open, sockets among them (C22). */
export function handleCount(): number {
  return native.handleCount();
}

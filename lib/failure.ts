// Makes a ConnectError of what was tried: an error for each, and a message that names every endpoint and
// says what to do.

import type { Row } from './attempt';
import { ConnectError, type AttemptError } from './connect-error';
import { formatEndpoint, type Endpoint } from './endpoints';
import { errnoOfCode, TIMED_OUT } from './system-errors';
import type { WsaError } from './wsa-codes';

/** What was tried where nothing has connected. */
export interface Tried {
  readonly rows: readonly Row[];
  /** The limit that struck, in ms; undefined when every attempt failed by itself. */
  readonly timeout: number | undefined;
  /** The endpoints that were not tried. */
  readonly untried: readonly Endpoint[];
}

/** Every attempt has failed, or the deadline has struck. */
export function raceFailure({ rows, timeout, untried }: Tried): ConnectError {
  const last = timeout === undefined ? rows[indexOfLastToEnd(rows)] : undefined;
  const code = last?.code ?? TIMED_OUT;
  const syscall = last ? syscallOf(last) : 'connect';
  const limit = timeout === undefined ? '' : ` within ${timeout} ms`;
  const tried = rows.length > 0 ? `: ${rows.map(describeAttempt).join(', ')}` : '';
  const rest = untried.length > 0 ? `; not tried: ${untried.map(formatEndpoint).join(', ')}` : '';
  const none = noneOf(rows.length + untried.length);
  const message = `${syscall} ${code}: ${none} reached${limit}${tried}${rest}. ${advice({ rows, timeout, untried })}`;
  return new ConnectError({
    message,
    code,
    syscall,
    rows,
    makeErrors: () => withoutStacks(() => rows.map(attemptError)),
  });
}

/**
 * An attempt connected, but Node could not take its socket over. Those that had lost by then are closed, and
 * say nothing of why.
 */
export function adoptFailure(
  rows: readonly Row[],
  { code }: { readonly code: string },
): ConnectError {
  const failed = rows
    .filter(({ outcome }) => outcome !== 'lost')
    .map((row) =>
      row.outcome === 'connected' ? { ...row, outcome: 'failed' as const, code } : row,
    );
  return raceFailure({ rows: failed, timeout: undefined, untried: [] });
}

/**
 * WSAConnectByList, or a step around it, has failed. Winsock tells of the last failure only (C14).
 *
 * @param earlier rows of what led to no attempt: names without an address, and what is blocked.
 * @param ms how long the call took.
 */
export function winsockFailure(
  wsa: WsaError,
  syscall: string,
  targets: readonly Endpoint[],
  earlier: readonly Row[],
  ms: number,
): ConnectError {
  const { code, wsaName, wsaCode } = wsa;
  const errno = errnoOfCode(code);
  const summary = `${syscall} ${code} (${wsaName}, ${wsaCode})`;
  const ofTheCall = (): AttemptError =>
    Object.assign(new Error(summary), {
      ...(errno !== undefined && { errno }),
      code,
      syscall,
      wsaName,
      wsaCode,
      ms: toMicrosecond(ms),
    });
  const makeErrors = (): AttemptError[] =>
    withoutStacks(() => [...earlier.map(attemptError), ofTheCall()]);
  const unresolved = earlier.map(describeAttempt);
  const list = [...unresolved, ...targets.map(formatTarget)].join(', ');
  const message =
    `${summary}: ${noneOf(targets.length + earlier.length)} reached: ${list}. ` +
    "Winsock tells of the last failure only; the engine 'race' tells of each.";
  const init = { message, code, syscall, wsaName, wsaCode, makeErrors };
  return new ConnectError({ ...init, rows: earlier });
}

export function attemptError(row: Row): AttemptError {
  const { host, port, address, localAddress, localPort, code = TIMED_OUT, cause } = row;
  const syscall = syscallOf(row);
  const target = address === undefined ? host : `${address}:${port}`;
  const local = localAddress === '' ? '' : ` - Local (${localAddress}:${localPort})`;
  const why = cause ? `: ${cause.message}` : '';
  const message = `${syscall} ${code} ${target}${local}${why}`;
  const error = (cause ? new Error(message, { cause }) : new Error(message)) as AttemptError;
  // One by one, in one order: V8 keeps thousands of these small as long as they are of one shape.
  const errno = errnoOfCode(code);
  if (errno !== undefined) error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  error.address = address ?? host;
  error.port = port;
  if (localAddress !== '') {
    error.localAddress = localAddress;
    error.localPort = localPort;
  }
  error.ms = toMicrosecond(row.end - row.start);
  return error;
}

function syscallOf({ address, cause }: Row): string {
  if (cause) return 'handshake';
  return address === undefined ? 'getaddrinfo' : 'connect';
}

/** A stack for each attempt would say nothing that the ConnectError's own does not, ten thousand times. */
function withoutStacks<T>(make: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function indexOfLastToEnd(rows: readonly Row[]): number {
  return rows.reduce((last, { end }, i) => (end >= (rows[last]?.end ?? 0) ? i : last), 0);
}

function noneOf(total: number): string {
  return total === 1 ? 'the only endpoint was not' : `none of ${total} endpoints was`;
}

export function describeAttempt({ host, port, address, code, outcome, start, end }: Row): string {
  const name = formatTarget({ host, port, address: address ?? host });
  return `${name} (${code ?? outcome} after ${(end - start).toFixed(1)} ms)`;
}

/** With the address where the host says something else: a name, or another spelling. */
function formatTarget(target: { host: string; port: number; address: string }): string {
  const { host, address } = target;
  const name = formatEndpoint(target);
  return host === address || host.startsWith(`${address}%`) ? name : `${name} at ${address}`;
}

function advice({ rows, timeout, untried }: Tried): string {
  if (timeout === undefined) {
    if (rows.every(({ outcome }) => outcome === 'blocked')) {
      return 'The option "blockList" forbids every address: nothing was tried.';
    }
    if (rows.every(({ address }) => address === undefined)) {
      return 'Check how the names are spelled, and that a resolver which knows them can be reached.';
    }
    return 'Check that a server listens at one of them and that no firewall is in between.';
  }
  return untried.length > 0
    ? 'Raise "timeout", or lower "attemptDelay" so that more of the list is tried in time.'
    : 'Raise "timeout", or check that one of them can be reached from here.';
}

function toMicrosecond(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

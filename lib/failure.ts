// Makes a ConnectError of what was tried: an error for each, and a message that names every endpoint and
// says what to do.

import type { Attempt } from './attempt';
import { ConnectError, type AttemptError } from './connect-error';
import { formatEndpoint, type Endpoint } from './endpoints';
import { errnoOfCode, TIMED_OUT } from './system-errors';
import type { WsaError } from './wsa-codes';

/**
 * Every attempt has failed, or the deadline has struck.
 *
 * @param timeout the limit that struck, in ms; undefined when every attempt failed by itself.
 * @param untried the endpoints that were not tried.
 */
export function raceFailure(
  attempts: readonly Attempt[],
  timeout: number | undefined,
  untried: readonly Endpoint[],
): ConnectError {
  const errors = withoutStacks(() => attempts.map(attemptError));
  const last = errors[indexOfLastToEnd(attempts)];
  const code = timeout !== undefined ? TIMED_OUT : (last?.code ?? TIMED_OUT);
  const syscall = timeout !== undefined ? 'connect' : (last?.syscall ?? 'connect');
  const limit = timeout === undefined ? '' : ` within ${timeout} ms`;
  const tried = attempts.length > 0 ? `: ${attempts.map(describeAttempt).join(', ')}` : '';
  const rest = untried.length > 0 ? `; not tried: ${untried.map(formatEndpoint).join(', ')}` : '';
  const none = noneOf(attempts.length + untried.length);
  const message = `${syscall} ${code}: ${none} reached${limit}${tried}${rest}. ${advice(attempts, timeout, untried)}`;
  return new ConnectError({ message, code, syscall, errors, attempts });
}

/**
 * An attempt connected, but Node could not take its socket over. Those that had lost by then are closed, and
 * say nothing of why.
 */
export function adoptFailure(
  attempts: readonly Attempt[],
  { code }: { readonly code: string },
): ConnectError {
  const rows = attempts
    .filter(({ outcome }) => outcome !== 'lost')
    .map((row) =>
      row.outcome === 'connected' ? { ...row, outcome: 'failed' as const, code } : row,
    );
  return raceFailure(rows, undefined, []);
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
  earlier: readonly Attempt[],
  ms: number,
): ConnectError {
  const { code, wsaName, wsaCode } = wsa;
  const errno = errnoOfCode(code);
  const summary = `${syscall} ${code} (${wsaName}, ${wsaCode})`;
  const errors = withoutStacks(() => [
    ...earlier.map(attemptError),
    Object.assign(new Error(summary), {
      ...(errno !== undefined && { errno }),
      code,
      syscall,
      wsaName,
      wsaCode,
      ms: toMicrosecond(ms),
    }),
  ]);
  const unresolved = earlier.map(describeAttempt);
  const list = [...unresolved, ...targets.map(formatTarget)].join(', ');
  const message =
    `${summary}: ${noneOf(targets.length + earlier.length)} reached: ${list}. ` +
    "Winsock tells of the last failure only; the engine 'race' tells of each.";
  const attempts = earlier;
  return new ConnectError({ message, code, syscall, wsaName, wsaCode, errors, attempts });
}

export function attemptError(attempt: Attempt): AttemptError {
  const { host, port, remoteAddress, localAddress, code = TIMED_OUT, start, end, cause } = attempt;
  const syscall = cause ? 'handshake' : remoteAddress ? 'connect' : 'getaddrinfo';
  const address = remoteAddress?.address ?? host;
  const local = localAddress ? ` - Local (${localAddress.address}:${localAddress.port})` : '';
  const target = remoteAddress ? `${address}:${port}` : host;
  const why = cause ? `: ${cause.message}` : '';
  const error = new Error(`${syscall} ${code} ${target}${local}${why}`, cause && { cause });
  const errno = errnoOfCode(code);
  return Object.assign(error, {
    ...(errno !== undefined && { errno }),
    code,
    syscall,
    address,
    port,
    ...(localAddress && { localAddress: localAddress.address, localPort: localAddress.port }),
    ms: toMicrosecond(end - start),
  });
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

function indexOfLastToEnd(attempts: readonly Attempt[]): number {
  return attempts.reduce((last, { end }, i) => (end >= (attempts[last]?.end ?? 0) ? i : last), 0);
}

function noneOf(total: number): string {
  return total === 1 ? 'the only endpoint was not' : `none of ${total} endpoints was`;
}

export function describeAttempt(attempt: Attempt): string {
  const { host, port, remoteAddress, code, outcome, start, end } = attempt;
  const name = formatTarget({ host, port, address: remoteAddress?.address ?? host });
  return `${name} (${code ?? outcome} after ${(end - start).toFixed(1)} ms)`;
}

/** With the address where the host says something else: a name, or another spelling. */
function formatTarget(target: { host: string; port: number; address: string }): string {
  const { host, address } = target;
  const name = formatEndpoint(target);
  return host === address || host.startsWith(`${address}%`) ? name : `${name} at ${address}`;
}

function advice(
  attempts: readonly Attempt[],
  timeout: number | undefined,
  untried: readonly Endpoint[],
): string {
  if (timeout === undefined) {
    if (attempts.every(({ outcome }) => outcome === 'blocked')) {
      return 'The option "blockList" forbids every address: nothing was tried.';
    }
    if (attempts.every(({ remoteAddress }) => remoteAddress === undefined)) {
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

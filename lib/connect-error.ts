// The error of a call that connected to nothing: what was tried, one by one, and what to do about it.

import type { Attempt } from './attempt';
import { formatEndpoint, type Endpoint } from './endpoints';
import { errnoOfCode, TIMED_OUT } from './system-errors';

/** What went wrong with one attempt; ConnectError.errors has one for each. */
export interface AttemptError extends NodeJS.ErrnoException {
  code: string;
  /** 'connect', or 'getaddrinfo' for a name that was not resolved. */
  syscall: string;
  /** The address tried, or the name that was looked up. */
  address: string;
  port: number;
  localAddress?: string;
  localPort?: number;
  /** How long it took, in ms. */
  ms: number;
}

/**
 * No endpoint connected. `code` is Node's, so that code which handles errors of `net` handles this one:
 * `ETIMEDOUT` when `timeout` struck, and else that of the attempt which failed last (C14).
 */
export class ConnectError extends AggregateError {
  override readonly name = 'ConnectError';
  declare readonly errors: AttemptError[];
  readonly code: string;
  /** libuv's number for `code`; undefined where it has none, as for ENOTFOUND. */
  readonly errno: number | undefined;
  readonly syscall: string;
  /** What was tried, in the order in which it started. */
  readonly attempts: readonly Attempt[];

  /** @internal */
  constructor(
    attempts: readonly Attempt[],
    circumstances: {
      /** The limit that struck, in ms; undefined when every attempt failed by itself. */
      timeout: number | undefined;
      /** The endpoints that nothing was tried of. */
      untried: readonly Endpoint[];
    },
  ) {
    const errors = withoutStacks(() => attempts.map(toError));
    const { timeout, untried } = circumstances;
    const last = lastToEnd(errors, attempts);
    const code = timeout !== undefined ? TIMED_OUT : (last?.code ?? TIMED_OUT);
    super(errors, describe(code, attempts, timeout, untried));
    this.code = code;
    this.errno = errnoOfCode(code);
    this.syscall = timeout !== undefined ? 'connect' : (last?.syscall ?? 'connect');
    this.attempts = attempts;
  }
}

function toError(attempt: Attempt): AttemptError {
  const { host, port, remoteAddress, localAddress, code = TIMED_OUT, start, end } = attempt;
  const syscall = remoteAddress ? 'connect' : 'getaddrinfo';
  const address = remoteAddress?.address ?? host;
  const local = localAddress ? ` - Local (${localAddress.address}:${localAddress.port})` : '';
  const target = remoteAddress ? `${address}:${port}` : host;
  const error = new Error(`${syscall} ${code} ${target}${local}`);
  const errno = errnoOfCode(code);
  return Object.assign(error, {
    ...(errno !== undefined && { errno }),
    code,
    syscall,
    address,
    port,
    ...(localAddress && { localAddress: localAddress.address, localPort: localAddress.port }),
    ms: Math.round((end - start) * 1000) / 1000,
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

function lastToEnd(
  errors: readonly AttemptError[],
  attempts: readonly Attempt[],
): AttemptError | undefined {
  let last = 0;
  attempts.forEach(({ end }, i) => {
    if (end >= (attempts[last]?.end ?? 0)) last = i;
  });
  return errors[last];
}

function describe(
  code: string,
  attempts: readonly Attempt[],
  timeout: number | undefined,
  untried: readonly Endpoint[],
): string {
  const tried = attempts.map((attempt) => {
    const via = attempt.remoteAddress?.address;
    const name = formatEndpoint(attempt);
    const where = via !== undefined && !sameHost(via, attempt.host) ? `${name} at ${via}` : name;
    return `${where} (${attempt.code ?? attempt.outcome} after ${(attempt.end - attempt.start).toFixed(1)} ms)`;
  });
  const total = attempts.length + untried.length;
  const none = total === 1 ? 'the only endpoint was not' : `none of ${total} endpoints was`;
  const parts = [
    `connect ${code}: ${none} reached${timeout === undefined ? '' : ` within ${timeout} ms`}`,
    tried.length > 0 ? `: ${tried.join(', ')}` : '',
    untried.length > 0 ? `; not tried: ${untried.map(formatEndpoint).join(', ')}` : '',
    '. ',
    advice(timeout, untried),
  ];
  return parts.join('');
}

/** Whether the address says no more than the host does. */
function sameHost(address: string, host: string): boolean {
  return host === address || host.startsWith(`${address}%`);
}

function advice(timeout: number | undefined, untried: readonly Endpoint[]): string {
  if (timeout === undefined) {
    return 'Check that a server listens at one of them and that no firewall is in between.';
  }
  return untried.length > 0
    ? 'Raise "timeout", or lower "attemptDelay" so that more of the list is tried in time.'
    : 'Raise "timeout", or check that one of them can be reached from here.';
}

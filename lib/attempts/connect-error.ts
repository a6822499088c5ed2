// The error of a call that connected to nothing: an error for each attempt, and a message that names the
// endpoints and says what to do.

import { inspect } from 'node:util';

import { formatEndpoint, type Endpoint } from '../endpoints/endpoints';
import { errnoOfCode, TIMED_OUT } from '../util/system-errors';
import { eachOf, rowsOf, toAttempt, type Attempt, type Row, type Rows } from './attempt';
import type { WsaError } from './wsa-codes';

/** What went wrong with one attempt, with one lookup, or with the one call of WSAConnectByList. */
export interface AttemptError extends NodeJS.ErrnoException {
  /** Node's code, such as 'ECONNREFUSED'. */
  code: string;
  /**
   * 'connect'; 'getaddrinfo' for a name that was not resolved; 'handshake' where that failed, and `cause` has its
   * error; or the function of Winsock that failed.
   */
  syscall: string;
  /** The address tried, or the name that was looked up. Winsock does not tell which address it was. */
  address?: string;
  /** The name that was looked up, as Node's errors of dns.lookup have it. */
  hostname?: string;
  /** The port tried. */
  port?: number;
  /** Where the attempt came from; undefined when it had no address yet. */
  localAddress?: string;
  /** As for `localAddress`. */
  localPort?: number;
  /** How long it took, in ms. */
  ms: number;
}

export interface ConnectErrorInit {
  message: string;
  code: string;
  /** That of the lookup which failed: a code of DNS such as ENOTFOUND has more than one. */
  errno?: number | undefined;
  syscall: string;
  wsaName?: string;
  wsaCode?: number;
  /** Makes `errors`, when somebody looks. */
  makeErrors: () => AttemptError[];
  rows: Rows;
}

/**
 * No endpoint connected. `code` is Node's, so that code which handles errors of `net` handles this one:
 * `ETIMEDOUT` when `timeout` expired, and else that of the attempt which failed last.
 */
export class ConnectError extends AggregateError {
  /** What it prints as. */
  override readonly name = 'ConnectError';
  /**
   * One for each attempt. With the winsock engine, which reports the last failure only: one for the call, after one
   * for each name without an address and for each blocked endpoint.
   */
  declare readonly errors: AttemptError[];
  /** Node's code; see above for which. */
  readonly code: string;
  /** libuv's number for `code`; undefined where it has none, as for ENOTFOUND. */
  readonly errno: number | undefined;
  /** 'connect', 'getaddrinfo', 'handshake', 'querySrv' (of resolveSrv()), or the function of Winsock that failed. */
  readonly syscall: string;
  /** Winsock's name, such as 'WSAETIMEDOUT', where Winsock gave the error. */
  declare readonly wsaName?: string;
  /** Winsock's number, such as 10060, where Winsock gave the error. */
  declare readonly wsaCode?: number;
  readonly #makeErrors: () => AttemptError[];
  readonly #rows: Rows;
  #attempts: readonly Attempt[] | undefined;

  /** @internal */
  constructor(init: ConnectErrorInit) {
    super([], init.message);
    // Created on first access, by a getter on the prototype: a thousand calls that reach their deadline together have
    // thousands of errors.
    delete (this as { errors?: unknown }).errors;
    this.#makeErrors = init.makeErrors;
    this.code = init.code;
    this.errno = init.errno ?? errnoOfCode(init.code);
    this.syscall = init.syscall;
    this.#rows = init.rows;
    if (init.wsaName !== undefined) this.wsaName = init.wsaName;
    if (init.wsaCode !== undefined) this.wsaCode = init.wsaCode;
  }

  /** What is known to have been tried, in the order in which it started. */
  get attempts(): readonly Attempt[] {
    this.#attempts ??= Array.from(eachOf(this.#rows), toAttempt);
    return this.#attempts;
  }

  /** @internal So that whoever prints it sees the errors too. */
  [inspect.custom](): this {
    if (!Object.hasOwn(this, 'errors')) this.#showErrors();
    return this;
  }

  /** Replaces the getter by a plain property, as every AggregateError has it. */
  #showErrors(): AttemptError[] {
    const value = this.#makeErrors();
    Object.defineProperty(this, 'errors', { value, writable: true, configurable: true });
    return value;
  }

  static {
    const get = function (this: ConnectError): AttemptError[] {
      return this.#showErrors();
    };
    Object.defineProperty(this.prototype, 'errors', { get, configurable: true });
  }
}

/** What was tried where nothing has connected. */
export interface FailureReport {
  /** How many endpoints the list has. */
  readonly endpoints: number;
  readonly rows: Rows;
  /** The limit that expired, in ms; undefined when every attempt failed by itself. */
  readonly timeout: number | undefined;
  /** The endpoints that were not tried. */
  readonly untried: readonly Endpoint[];
}

/** Every attempt has failed, or the deadline has expired. */
export function connectFailure({ endpoints, rows, timeout, untried }: FailureReport): ConnectError {
  const last = timeout === undefined && rows.length > 0 ? rows.at(rows.last) : undefined;
  const code = last?.code ?? TIMED_OUT;
  const syscall = last ? syscallOf(last) : 'connect';
  const limit = timeout === undefined ? '' : ` within ${timeout} ms`;
  const tried = rows.length > 0 ? `: ${firstOf(rows, describeAttempt)}` : '';
  const rest = untried.length > 0 ? `; not tried: ${firstOf(untried, formatEndpoint)}` : '';
  const hint = advice({ rows, timeout, untried });
  const message = `${syscall} ${code}: ${noneOf(endpoints)} reached${limit}${tried}${rest}. ${hint}`;
  return new ConnectError({
    message,
    code,
    errno: last && errnoOf(last),
    syscall,
    rows,
    makeErrors: () => withoutStacks(() => Array.from(eachOf(rows), attemptError)),
  });
}

/** Nothing was left to try: no name has an address, or every address is blocked. */
export function noTargetsFailure(targets: {
  readonly asked: readonly Endpoint[];
  rows(): readonly Row[];
}): ConnectError {
  const rows = rowsOf(targets.rows());
  return connectFailure({ endpoints: targets.asked.length, rows, timeout: undefined, untried: [] });
}

/** The time was up before anything could be tried. */
export function timeoutFailure(
  targets: {
    readonly asked: readonly Endpoint[];
    readonly all: readonly Endpoint[];
    rowsAtDeadline(): readonly Row[];
  },
  { settings: { timeout } }: { readonly settings: { readonly timeout: number } },
): ConnectError {
  const rows = rowsOf(targets.rowsAtDeadline());
  return connectFailure({ endpoints: targets.asked.length, rows, timeout, untried: targets.all });
}

/**
 * The error of resolveSrv(): the service does not exist, or the resolver failed.
 *
 * @param cause the resolver's error; undefined where the answer was that there is none.
 */
export function srvFailure(name: string, ms: number, cause: Error | undefined): ConnectError {
  const { code: found } = (cause ?? {}) as NodeJS.ErrnoException;
  const code = cause === undefined || found === 'ENODATA' ? 'ENOTFOUND' : (found ?? 'EAI_FAIL');
  const syscall = 'querySrv';
  const summary = `${syscall} ${code} ${name.slice(0, MAX_REASON)}`;
  const row: Row = {
    ...{ host: name, port: 0, address: undefined, localAddress: '', localPort: 0 },
    ...{ outcome: 'failed', code, cause, start: 0, end: ms },
  };
  const hint =
    code === 'ENOTFOUND'
      ? 'DNS has no such service. Check how it is spelled: _service._tcp.domain.'
      : 'Check that a name server can be reached from here.';
  return new ConnectError({
    ...{ message: `${summary}: ${hint}`, code, syscall, rows: rowsOf([row]) },
    makeErrors: () => [Object.assign(attemptError(row), { message: summary, syscall })],
  });
}

/**
 * An attempt connected, but Node could not take its socket over. Attempts that lost are left out: they do not explain
 * the failure.
 */
export function adoptFailure(
  made: { readonly endpoints: number; readRows(): Rows },
  { code }: { readonly code: string },
): ConnectError {
  const failed = Array.from(eachOf(made.readRows()))
    .filter(({ outcome }) => outcome !== 'lost')
    .map((row) =>
      row.outcome === 'connected' ? { ...row, outcome: 'failed' as const, code } : row,
    );
  const rows = rowsOf(failed);
  return connectFailure({ endpoints: made.endpoints, rows, timeout: undefined, untried: [] });
}

/** What a call of Winsock's function was for. */
export interface WinsockTargets {
  /** How many endpoints the list has. */
  readonly endpoints: number;
  /** What was handed to Winsock. */
  readonly targets: readonly Endpoint[];
  /** Rows of what led to no attempt: names without an address, and what is blocked. */
  readonly earlier: readonly Row[];
}

/**
 * WSAConnectByList, or a step around it, has failed. Winsock tells of the last failure only (C14).
 *
 * @param ms how long the call took.
 */
export function winsockFailure(
  wsa: WsaError,
  syscall: string,
  { endpoints, targets, earlier }: WinsockTargets,
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
  const list = firstOf([...earlier, ...targets], (row) =>
    'outcome' in row ? describeAttempt(row) : formatTarget(row),
  );
  const message =
    `${summary}: ${noneOf(endpoints)} reached: ${list}. ` +
    "Winsock reports only the last failure; the engine 'race' reports every attempt.";
  const init = { message, code, syscall, wsaName, wsaCode, makeErrors };
  return new ConnectError({ ...init, rows: rowsOf(earlier) });
}

export function attemptError(row: Row): AttemptError {
  const { host, port, address, localAddress, localPort, code = TIMED_OUT, cause } = row;
  const syscall = syscallOf(row);
  const target = address === undefined ? host : `${address}:${port}`;
  const local = localAddress === '' ? '' : ` - Local (${localAddress}:${localPort})`;
  const message = `${syscall} ${code} ${target}${local}${reasonOf(row)}`;
  const error = (cause ? new Error(message, { cause }) : new Error(message)) as AttemptError;
  // One by one, in one order: V8 keeps thousands of these small as long as they are of one shape.
  const errno = errnoOf(row);
  if (errno !== undefined) error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  if (address === undefined) error.hostname = host;
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
  if (address === undefined) return 'getaddrinfo';
  return cause ? 'handshake' : 'connect';
}

function errnoOf({ address, code = TIMED_OUT, cause }: Row): number | undefined {
  if (address !== undefined || !cause) return errnoOfCode(code);
  const { errno } = cause as NodeJS.ErrnoException;
  return typeof errno === 'number' ? errno : errnoOfCode(code);
}

/** The cause's message, unless it repeats ours: `getaddrinfo ENOTFOUND name`. */
function reasonOf({ host, address, code = TIMED_OUT, cause }: Row): string {
  if (!cause || (address === undefined && cause.message === `getaddrinfo ${code} ${host}`))
    return '';
  const { message } = cause;
  return `: ${message.length > MAX_REASON ? `${message.slice(0, MAX_REASON)}…` : message}`;
}

/** The maximum length of another error's message that is quoted, in characters. */
const MAX_REASON = 200;

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

/** How many a message names. `errors` and `attempts` have all. */
const MAX_NAMED = 10;

/** The first few, each in words, and how many more there are. */
function firstOf<T>(
  list: { readonly length: number; at(index: number): T | undefined },
  describe: (one: T) => string,
): string {
  const named: string[] = [];
  for (let i = 0; i < list.length && i < MAX_NAMED; i++) named.push(describe(list.at(i) as T));
  const more = list.length - named.length;
  return `${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}

function noneOf(total: number): string {
  return total === 1 ? 'the only endpoint was not' : `none of ${total} endpoints was`;
}

export function describeAttempt(row: Row): string {
  const { host, port, address, code, outcome, start, end } = row;
  const name = formatTarget({ host, port, address: address ?? host });
  return `${name} (${code ?? outcome} after ${(end - start).toFixed(1)} ms${reasonOf(row)})`;
}

/** With the address where the host says something else: a name, or another spelling. */
function formatTarget(target: { host: string; port: number; address: string }): string {
  const { host, address } = target;
  const name = formatEndpoint(target);
  return host === address || host.startsWith(`${address}%`) ? name : `${name} at ${address}`;
}

function advice({ rows, timeout, untried }: Omit<FailureReport, 'endpoints'>): string {
  if (timeout === undefined) {
    if (isTrueOfAll(rows, ({ outcome }) => outcome === 'blocked')) {
      return 'The option "blockList" forbids every address: nothing was tried.';
    }
    if (isTrueOfAll(rows, ({ address }) => address === undefined)) {
      if (isTrueOfAll(rows, ({ cause }) => cause !== undefined && !isOfDns(cause))) {
        return 'The option "lookup" has failed: its error is the cause of each of "errors".';
      }
      return 'Check how the names are spelled, and that a resolver which knows them can be reached.';
    }
    return 'Check that a server listens at one of these endpoints and that no firewall blocks it.';
  }
  return untried.length > 0
    ? 'Raise "timeout", or lower "attemptDelay" so that more of the list is tried in time.'
    : 'Raise "timeout", or check that one of these endpoints can be reached from here.';
}

function isTrueOfAll(rows: Rows, isTrue: (row: Row) => boolean): boolean {
  for (const row of eachOf(rows)) if (!isTrue(row)) return false;
  return true;
}

/** Whether it has a code of dns.lookup's own. */
function isOfDns({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ENOTFOUND' || code === 'ENODATA' || (code?.startsWith('EAI_') ?? false);
}

/** What the clocks know; the rest is noise. In ms. */
export function toMicrosecond(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

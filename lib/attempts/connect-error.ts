// The error of a call that connected to nothing. What it says is put together in failure.ts.

import { inspect } from 'node:util';

import { errnoOfCode } from '../util/system-errors';
import { eachOf, toAttempt, type Attempt, type Rows } from './attempt';

/** What went wrong with one attempt, with one lookup, or with the one call of WSAConnectByList. */
export interface AttemptError extends NodeJS.ErrnoException {
  /** Node's code, such as 'ECONNREFUSED'. */
  code: string;
  /**
   * 'connect'; 'getaddrinfo' for a name that was not resolved; 'handshake' where TLS failed, and `cause` has
   * its error; or the function of Winsock that failed.
   */
  syscall: string;
  /** The address tried, or the name that was looked up. Winsock does not tell which address it was. */
  address?: string;
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
  syscall: string;
  wsaName?: string;
  wsaCode?: number;
  /** Makes `errors`, when somebody looks. */
  makeErrors: () => AttemptError[];
  rows: Rows;
}

/**
 * No endpoint connected. `code` is Node's, so that code which handles errors of `net` handles this one:
 * `ETIMEDOUT` when `timeout` expired, and else that of the attempt which failed last (C14).
 */
export class ConnectError extends AggregateError {
  /** What it prints as. */
  override readonly name = 'ConnectError';
  /** One for each attempt; with the winsock engine, which tells of the last failure only, one for the call. */
  declare readonly errors: AttemptError[];
  /** Node's code; see above for which. */
  readonly code: string;
  /** libuv's number for `code`; undefined where it has none, as for ENOTFOUND. */
  readonly errno: number | undefined;
  /** 'connect', 'getaddrinfo', 'handshake', or the function of Winsock that failed. */
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
    // A thousand calls that reach their deadline together have thousands of errors: the prototype makes them.
    delete (this as { errors?: unknown }).errors;
    this.#makeErrors = init.makeErrors;
    this.code = init.code;
    this.errno = errnoOfCode(init.code);
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

  /** From now on `errors` is what it is of every AggregateError. */
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

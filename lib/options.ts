// The options of connectByList(): what they are, what values they take, and what they are without one.

import type * as net from 'node:net';

import type { Engine } from './engine';
import { invalidArgType, invalidArgValue, outOfRange } from './errors';

export interface ConnectOptions {
  /**
   * Who makes the attempts. `'winsock'`: the real WSAConnectByList, one address after the other, which
   * pairs and in what order being Windows' say. `'race'`: our own, on every platform, as RFC 8305 says.
   * Default: `'winsock'` where Winsock exports the function, else `'race'`.
   */
  engine?: Engine;
  /**
   * The most that the whole call may take, lookups included, in ms (above 0); then it rejects with a
   * ConnectError whose code is `ETIMEDOUT`. Race: a hard deadline, at which what is running is cut off.
   * Winsock: looked at between two attempts only, so the call can take longer (C12). Default: none.
   */
  timeout?: number;
  /** Rejects the call at once, with the signal's reason; everything it had open is closed. */
  signal?: AbortSignal;
  /**
   * Race: time between the starts of two attempts in ms (at least 10). `Infinity`: one by one, the next when
   * the last has failed. An attempt that fails lets the next one start at once, whatever the delay.
   * Default: as RFC 8305 section 5 has it, 250 before the second, then shorter, never below 100.
   */
  attemptDelay?: number;
  /**
   * Race: the most that one attempt may take, in ms (above 0). Default: none but the system's own.
   */
  attemptTimeout?: number;
  /** Resolves the host names of the list. Default: `dns.lookup`. */
  lookup?: net.LookupFunction;

  /** As in `net.connect`: disable Nagle's algorithm on the connected socket. Default: false. */
  noDelay?: boolean;
  /** As in `net.connect`: enable TCP keep-alive on the connected socket. Default: false. */
  keepAlive?: boolean;
  /** As in `net.connect`: idle time before the first keep-alive probe, in ms. Default: 0. */
  keepAliveInitialDelay?: number;
  /** As in `net.connect`: keep the writable side open when the other end has ended. Default: false. */
  allowHalfOpen?: boolean;
  /** As in `net.connect`: read into one buffer and hand each chunk to a callback. */
  onread?: net.OnReadOpts;
  /** As in stream.Duplex: bytes to buffer before `write()` answers false. Default: Node's. */
  highWaterMark?: number;
}

/** The options, checked, with their defaults in place. */
export interface Settings extends Omit<ConnectOptions, 'timeout' | 'attemptTimeout'> {
  /** ms; Infinity for none. */
  timeout: number;
  /** ms; Infinity for none. */
  attemptTimeout: number;
}

/** RFC 8305 section 5: "MUST NOT be less than 10 milliseconds". */
const LEAST_ATTEMPT_DELAY = 10;

/** Throws what connectByList() documents for bad options. */
export function readOptions(options: unknown): Settings {
  if (typeof options !== 'object' || options === null) {
    throw invalidArgType('options', 'of type object', options);
  }
  const given = options as ConnectOptions;
  const { attemptDelay, engine, lookup, signal } = given;
  if (engine !== undefined) checkEngine(engine);
  if (signal !== undefined) checkSignal(signal);
  if (lookup !== undefined) checkType('lookup', 'function', lookup);
  if (attemptDelay !== undefined) {
    checkNumber('attemptDelay', attemptDelay, `>= ${LEAST_ATTEMPT_DELAY}`, (ms) => ms >= 10);
  }
  checkSocketOptions(given);
  return {
    ...given,
    timeout: readLimit('timeout', given.timeout),
    attemptTimeout: readLimit('attemptTimeout', given.attemptTimeout),
  };
}

function checkEngine(engine: unknown): void {
  if (engine === 'race' || engine === 'winsock') return;
  throw invalidArgValue('options.engine', engine, "must be 'winsock' or 'race'");
}

/**
 * A limit in ms. 0 is refused rather than guessed at: `net` reads it as "no limit", others as "no time
 * at all".
 */
function readLimit(name: string, value: number | undefined): number {
  if (value === undefined) return Infinity;
  checkNumber(name, value, '> 0, or absent for no limit', (ms) => ms > 0);
  return value;
}

/**
 * net.Socket checks some of these only when the connection is there, and ignores others; here they are
 * refused before the first attempt.
 */
function checkSocketOptions(options: ConnectOptions): void {
  for (const name of ['noDelay', 'keepAlive', 'allowHalfOpen'] as const) {
    if (options[name] !== undefined) checkType(name, 'boolean', options[name]);
  }
  const { keepAliveInitialDelay, highWaterMark, onread } = options;
  if (keepAliveInitialDelay !== undefined) {
    checkNumber('keepAliveInitialDelay', keepAliveInitialDelay, '>= 0', (ms) => ms >= 0);
  }
  if (highWaterMark !== undefined) {
    const whole = (bytes: number): boolean => Number.isInteger(bytes) && bytes >= 0;
    checkNumber('highWaterMark', highWaterMark, 'an integer >= 0', whole);
  }
  if (onread !== undefined) checkOnRead(onread);
}

function checkOnRead(onread: unknown): void {
  const { buffer, callback } = (onread ?? {}) as Partial<Record<'buffer' | 'callback', unknown>>;
  const isBuffer = buffer instanceof Uint8Array || typeof buffer === 'function';
  if (!isBuffer || typeof callback !== 'function') {
    const expected = 'an object with buffer (a Uint8Array or a function) and callback (a function)';
    throw invalidArgType('options.onread', expected, onread);
  }
}

function checkSignal(signal: unknown): void {
  if (typeof signal !== 'object' || signal === null || !('aborted' in signal)) {
    throw invalidArgType('options.signal', 'an instance of AbortSignal', signal);
  }
}

function checkType(name: string, type: 'boolean' | 'function', value: unknown): void {
  if (typeof value !== type) throw invalidArgType(`options.${name}`, `of type ${type}`, value);
}

function checkNumber(
  name: string,
  value: unknown,
  range: string,
  isInRange: (value: number) => boolean,
): void {
  if (typeof value !== 'number') throw invalidArgType(`options.${name}`, 'of type number', value);
  // NaN is in no range.
  if (!isInRange(value)) throw outOfRange(`options.${name}`, range, value);
}

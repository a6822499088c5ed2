// The options of connectByList(): what they are, what values they take, and what they are without one.

import * as net from 'node:net';
import type * as tls from 'node:tls';

import { History } from '../address-selection/history';
import type { PairPolicy } from '../address-selection/pair-policy';
import {
  badIPAddress,
  badPort,
  invalidArgType,
  invalidArgValue,
  outOfRange,
} from '../util/argument-errors';

/**
 * Who makes the attempts. `'winsock'`: Windows' own WSAConnectByList and WSAConnectByName, where Winsock
 * exports them. `'race'`: ours, on every platform.
 */
export type Engine = 'winsock' | 'race';

/**
 * The options of connectByList(), connectByName(), connect(), the agents and the connector. Only the
 * caller's own properties count, and each is read once.
 */
export interface ConnectOptions {
  /**
   * Who makes the attempts. `'winsock'`: the real WSAConnectByList, one address after the other; Windows
   * decides which pairs, and in what order. `'race'`: our own, on every platform, as RFC 8305 says.
   * Default: `'winsock'` where Winsock exports the function, else `'race'`.
   */
  engine?: Engine;
  /**
   * The most that the whole call may take, lookups included, in ms (above 0); then it rejects with a
   * ConnectError whose code is `ETIMEDOUT`. Race: a hard deadline, at which what is running is cut off; it is
   * closed in the turns of the event loop that follow.
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
  /**
   * Sees the pairs of addresses, best first, and answers with those that may be tried, in the order to try
   * them (C23); it may be a generator. What it throws rejects the call, and so does an empty answer.
   * Winsock: it sees the destinations; Windows decides which pairs it makes of them. Default: all.
   */
  policy?: PairPolicy;
  /**
   * Addresses that are not connected to: a guard against lists and names that lead to where they should
   * not. Checked when names are resolved, on the address that is then used, with what an IPv6 address has
   * of IPv4 in it. Such an entry is an attempt with the outcome `blocked`. Default: none.
   */
  blockList?: net.BlockList;
  /**
   * Race: the address to connect from, as in `net.connect`. With it the default engine is `'race'`, because
   * WSAConnectByList takes an unbound socket only (C05). Default: the system's choice.
   */
  localAddress?: string;
  /** Race: the port to connect from, as in `net.connect`; 0 to 65535. As for `localAddress`. */
  localPort?: number;
  /** As in `net.connect`: of names, only addresses of this family are taken; 0 for both. Default: 0. */
  family?: 0 | 4 | 6;
  /**
   * Race: what earlier connects have learned: destinations that did not answer lately go behind the others,
   * and one whose round-trip time is known is not waited for longer than it takes. `false`: none.
   * Default: one for the process. A list of one address, or with one that can be reached, does not use it.
   */
  history?: History | false;
  /** Resolves the host names of the list. Default: `dns.lookup`. */
  lookup?: net.LookupFunction;
  /**
   * Race: an attempt has connected when its TLS handshake is done, so that a server which accepts and then
   * does not shake hands loses, and the others are tried meanwhile. The options are those of `tls.connect`;
   * `host`, and `servername` where that is a name, are the endpoint's own unless they are given. The socket
   * is a `tls.TLSSocket` then, and `onread`, `allowHalfOpen` and `highWaterMark` are ignored. With it the
   * default engine is `'race'`. Default: none, TCP decides.
   */
  tls?: tls.ConnectionOptions;

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
export interface Settings extends Readonly<Omit<ConnectOptions, 'timeout' | 'attemptTimeout'>> {
  /** ms; Infinity for none. */
  readonly timeout: number;
  /** ms; Infinity for none. */
  readonly attemptTimeout: number;
}

/** RFC 8305 section 5: "MUST NOT be less than 10 milliseconds". */
const MIN_ATTEMPT_DELAY = 10;

/**
 * Every option, absent. What the caller leaves out is there then and undefined, whatever every object inherits;
 * and all settings are of one shape, which is what V8 is fast with.
 */
const ABSENT: { readonly [Name in keyof Required<ConnectOptions>]: undefined } = {
  engine: undefined,
  timeout: undefined,
  signal: undefined,
  attemptDelay: undefined,
  attemptTimeout: undefined,
  policy: undefined,
  blockList: undefined,
  localAddress: undefined,
  localPort: undefined,
  family: undefined,
  history: undefined,
  lookup: undefined,
  tls: undefined,
  noDelay: undefined,
  keepAlive: undefined,
  keepAliveInitialDelay: undefined,
  allowHalfOpen: undefined,
  onread: undefined,
  highWaterMark: undefined,
};

const DEFAULTS = { ...ABSENT, timeout: Infinity, attemptTimeout: Infinity } as object as Settings;

/**
 * Throws what connectByList() documents for bad options. Each is read once, so that what was checked is what
 * is used; and those that every object has inherited from somewhere are none of the caller's.
 */
export function readOptions(options: unknown): Settings {
  if (typeof options !== 'object' || options === null) {
    throw invalidArgType('options', 'of type object', options);
  }
  if (Object.keys(options).length === 0) return DEFAULTS;
  const given = { ...ABSENT, ...options } as object as ConnectOptions;
  const { attemptDelay, engine, lookup, signal } = given;
  if (engine !== undefined) checkEngine(engine);
  if (signal !== undefined) checkSignal(signal);
  if (lookup !== undefined) checkType('lookup', 'function', lookup);
  if (attemptDelay !== undefined) {
    checkNumber('attemptDelay', attemptDelay, `>= ${MIN_ATTEMPT_DELAY}`, (ms) => ms >= 10);
  }
  checkSources(given);
  const { history } = given;
  if (history !== undefined && history !== false && !(history instanceof History)) {
    throw invalidArgType('options.history', 'an instance of History, or false', history);
  }
  checkSocketOptions(given);
  given.timeout = readLimit('timeout', given.timeout);
  given.attemptTimeout = readLimit('attemptTimeout', given.attemptTimeout);
  return given as Settings;
}

function checkEngine(engine: unknown): void {
  if (engine === 'race' || engine === 'winsock') return;
  throw invalidArgValue('options.engine', engine, "must be 'winsock' or 'race'");
}

function checkSources({
  policy,
  blockList,
  localAddress,
  localPort,
  family,
  engine,
  tls,
}: ConnectOptions): void {
  if (policy !== undefined) checkType('policy', 'function', policy);
  if (blockList !== undefined && !(blockList instanceof net.BlockList)) {
    throw invalidArgType('options.blockList', 'an instance of net.BlockList', blockList);
  }
  if (localAddress !== undefined) checkAddress(localAddress);
  if (localPort !== undefined) checkPort(localPort);
  if (family !== undefined && ![0, 4, 6].includes(family)) {
    throw invalidArgValue('options.family', family, 'must be 0, 4 or 6');
  }
  if (tls !== undefined) checkTls(tls, engine);
  if (engine === 'winsock' && (localAddress !== undefined || localPort !== undefined)) {
    const reason = "is not available with the engine 'winsock', which takes an unbound socket only";
    throw invalidArgValue('options.localAddress or localPort', localAddress ?? localPort, reason);
  }
}

function checkTls(tls: unknown, engine: Engine | undefined): void {
  if (typeof tls !== 'object' || tls === null) {
    throw invalidArgType('options.tls', 'of type object', tls);
  }
  if (engine !== 'winsock') return;
  const reason = "is not available with the engine 'winsock', which is done when TCP has connected";
  throw invalidArgValue('options.tls', tls, reason);
}

function checkAddress(address: unknown): void {
  // net.isIP() makes a text of whatever it is given.
  if (typeof address !== 'string' || net.isIP(address) === 0) throw badIPAddress(address);
}

function checkPort(port: unknown): void {
  if (typeof port !== 'number') throw invalidArgType('options.localPort', 'of type number', port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw badPort('options.localPort', port);
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
  const { aborted, addEventListener, removeEventListener } = (signal ?? {}) as Partial<AbortSignal>;
  const listens = [addEventListener, removeEventListener].every((it) => typeof it === 'function');
  if (typeof aborted !== 'boolean' || !listens) {
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

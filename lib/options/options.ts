// The options of every function of this package. ConnectOptions has their types and what the reference says
// of them; OPTIONS, the table below it, has all the rest. To add one: a property, a row, the code that uses it.

import * as net from 'node:net';
import type * as tls from 'node:tls';

import { History } from '../address-selection/history';
import type { PairPolicy } from '../address-selection/pair-policy';
import { invalidArgValue } from '../util/argument-errors';
import {
  instanceOf,
  checkAddress,
  checkOnRead,
  checkPort,
  checkSignal,
  numberIn,
  oneOf,
  ofType,
  type Check,
} from './checks';

/**
 * Makes the attempts. `'winsock'`: Windows' own WSAConnectByList and WSAConnectByName, where Winsock
 * exports them. `'race'`: this package's, on every platform.
 */
export type Engine = 'winsock' | 'race';

/**
 * In which order candidates are tried.
 * - `'rfc6724'`: sorted by RFC 6724 section 6, then families in turn (RFC 8305 section 4). An explicit
 *   `dns.setDefaultResultOrder()`, and on Linux /etc/gai.conf, decide which family comes first.
 * - `'given'`: as the list has them, and addresses of one name as the resolver returned them.
 * - `'shuffle'`: at random, each order equally likely, to spread clients over equal nodes; destinations without a
 *   route come last.
 */
export type Order = 'rfc6724' | 'given' | 'shuffle';

/**
 * Decides whether an attempt has connected, over a socket whose TCP connection is open. When it resolves, the attempt
 * has won; when it resolves with another socket, such as a `tls.TLSSocket` over the first, the Connection gets that
 * one. When it rejects, the attempt has failed and the next one starts at once. The signal is aborted, and the socket
 * destroyed, when another attempt wins or the call ends. Bytes it has read are gone: `socket.unshift()` puts back
 * what belongs to whoever uses the connection.
 */
export type Handshake = (
  socket: net.Socket,
  endpoint: HandshakeEndpoint,
  context: { readonly signal: AbortSignal },
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- an async function without a return is one
) => Promise<net.Socket | void>;

/** The endpoint that a handshake talks to. */
export interface HandshakeEndpoint {
  /** The address or the name as it stands in the list. */
  readonly host: string;
  /** 0 to 65535. */
  readonly port: number;
  /** The IP address that the socket is connected to. */
  readonly address: string;
}

/**
 * The options of connectByList(), connectByName(), connect(), the agents and the connector. Only the
 * caller's own properties count, and each is read once. Those marked "Race engine only" choose the engine
 * `'race'` where none is asked for; with an explicit `engine: 'winsock'` they are refused.
 */
export interface ConnectOptions {
  /**
   * Which engine makes the attempts. `'winsock'`: the real WSAConnectByList, one address after the other; Windows
   * decides which pairs of addresses it tries, and in which order. `'race'`: attempts that run at the same time, on
   * every platform (RFC 8305). Defaults to `'winsock'` where Winsock exports the function, otherwise to `'race'`.
   */
  engine?: Engine | undefined;
  /**
   * Overall time limit in ms (above 0), lookups included; then the call rejects with a ConnectError whose code is
   * `ETIMEDOUT`. Race: a hard deadline; running attempts are closed. Winsock: Windows looks at it between two
   * attempts only, so the call can take longer. Defaults to no limit.
   */
  timeout?: number | undefined;
  /** Aborting it rejects the call at once with the signal's reason; everything it had open is closed. */
  signal?: AbortSignal | undefined;
  /**
   * Race engine only. Time between the starts of two attempts, in ms (at least 10): the Connection Attempt Delay of
   * RFC 8305. `Infinity`: one by one, the next when the last has failed. An attempt that fails lets the next one
   * start at once. Defaults to 250 before the second attempt, then halved each time, never below 100.
   */
  attemptDelay?: number | undefined;
  /** Race engine only. Time limit of one attempt, in ms (above 0). Defaults to no limit but the system's own. */
  attemptTimeout?: number | undefined;
  /**
   * Race engine only. The order in which candidates are tried. `priority` and `weight` of the endpoints come first;
   * destinations that did not answer lately go behind the others, unless `history` is false.
   * Defaults to `'rfc6724'`.
   */
  order?: Order | undefined;
  /**
   * Is called with the candidate pairs of addresses, best first, and returns those that may be tried, in the order
   * to try them; it may be a generator. What it throws rejects the call, and so does an empty answer.
   * Winsock: it is called with the destinations; Windows decides which pairs to make of them. Defaults to all.
   */
  policy?: PairPolicy | undefined;
  /**
   * Addresses that must not be connected to, as a guard against lists and names from elsewhere. Checked after names
   * are resolved, on the address that is then used, and on an IPv4 address inside an IPv6 one. A blocked entry
   * becomes an attempt with the outcome `blocked`. Defaults to none.
   */
  blockList?: net.BlockList | undefined;
  /** Race engine only. The address to connect from, as in `net.connect`. Defaults to the system's choice. */
  localAddress?: string | undefined;
  /** Race engine only. The port to connect from, as in `net.connect`; 0 to 65535. Defaults to the system's choice. */
  localPort?: number | undefined;
  /** As in `net.connect`: only addresses of this family are taken from names; 0 for both. Defaults to 0. */
  family?: 0 | 4 | 6 | undefined;
  /**
   * Race engine only. What earlier connects have learned: destinations that did not answer lately are tried after the
   * others, and where the round-trip time of one is known, the next attempt starts after 3 times that time + 10 ms,
   * 250 ms at most. `false`: no history. Defaults to a History that the whole process shares.
   */
  history?: History | false | undefined;
  /** Resolves the host names of the list. Defaults to `dns.lookup`. */
  lookup?: net.LookupFunction | undefined;
  /**
   * Race engine only. Decides whether an attempt has connected, once its TCP connection is open, so that a server
   * which accepts and then says nothing, or is not the primary, loses; see Handshake. It is bounded by
   * `attemptTimeout` and `timeout`. With `tls` it is called with the secure socket. Defaults to none: TCP decides.
   */
  handshake?: Handshake | undefined;
  /**
   * Race engine only. An attempt has connected when its TLS handshake is done. The options are those of
   * `tls.connect`; `host`, and `servername` where that is a name, default to the endpoint's own. The socket is a
   * `tls.TLSSocket`, and `onread`, `allowHalfOpen` and `highWaterMark` are ignored. Defaults to none: TCP decides.
   */
  tls?: tls.ConnectionOptions | undefined;

  /** As in `net.connect`: disable Nagle's algorithm on the connected socket. Defaults to false. */
  noDelay?: boolean | undefined;
  /** As in `net.connect`: enable TCP keep-alive on the connected socket. Defaults to false. */
  keepAlive?: boolean | undefined;
  /** As in `net.connect`: idle time before the first keep-alive probe, in ms. Defaults to 0. */
  keepAliveInitialDelay?: number | undefined;
  /** As in `net.connect`: keep the writable side open when the other end has ended. Defaults to false. */
  allowHalfOpen?: boolean | undefined;
  /** As in `net.connect`: read into one buffer and pass each chunk to a callback. */
  onread?: net.OnReadOpts | undefined;
  /** As in stream.Duplex: bytes to buffer before `write()` returns false. Defaults to Node's. */
  highWaterMark?: number | undefined;
}

/** One row of the table: what is to be known of an option besides its type. */
interface Option {
  readonly check: Check;
  /** What it is when the caller leaves it out. */
  readonly default?: unknown;
  /** Only the race engine has it. */
  readonly raceOnly?: true;
  /** WSAConnectByName has no parameter for it: connectByName() resolves the name itself then. */
  readonly needsList?: true;
  /** An agent reads it from the request too, as http.Agent does; null means absent there. */
  readonly fromRequest?: true;
  /** The flag of the command, where it has one. */
  readonly flag?: Flag;
}

/** An option on the command line: `--attempt-delay DURATION`. */
export interface Flag {
  /** What follows it, such as 'DURATION'; undefined for one that stands alone. */
  readonly argument?: 'DURATION' | 'NAME';
  /** What that must be, as a person says it. */
  readonly expected?: string;
  readonly help: readonly string[];
}

export const checkObject = ofType('object');
const above0 = numberIn('> 0, or absent for no limit', (ms) => ms > 0);

export const OPTIONS: { readonly [Name in keyof Required<ConnectOptions>]: Option } = {
  engine: {
    check: oneOf('winsock', 'race'),
    flag: {
      argument: 'NAME',
      expected: 'race or winsock',
      help: ['race (default), or winsock on Windows'],
    },
  },
  // 0 is refused, not guessed at: `net` reads it as "no limit", others as "no time at all".
  timeout: {
    check: above0,
    default: Infinity,
    flag: {
      argument: 'DURATION',
      expected: 'a duration above 0, such as 500ms or 5s',
      help: ['overall time limit (default 10s)'],
    },
  },
  signal: { check: checkSignal },
  attemptDelay: {
    // RFC 8305 section 5: "MUST NOT be less than 10 milliseconds".
    check: numberIn('>= 10', (ms) => ms >= 10),
    raceOnly: true,
    flag: {
      argument: 'DURATION',
      expected: 'a duration of at least 10 ms, or Infinity',
      help: ['between two starts; Infinity: one by one'],
    },
  },
  attemptTimeout: { check: above0, default: Infinity, raceOnly: true },
  order: {
    check: oneOf('rfc6724', 'given', 'shuffle'),
    raceOnly: true,
    flag: {
      argument: 'NAME',
      expected: 'rfc6724, given or shuffle',
      help: ['rfc6724 (default), given or shuffle'],
    },
  },
  policy: { check: ofType('function'), needsList: true },
  blockList: {
    check: instanceOf(net.BlockList, 'an instance of net.BlockList'),
    needsList: true,
    fromRequest: true,
  },
  localAddress: { check: checkAddress, raceOnly: true, fromRequest: true },
  localPort: { check: checkPort, raceOnly: true, fromRequest: true },
  family: { check: oneOf(0, 4, 6), needsList: true, fromRequest: true },
  history: {
    check: instanceOf(History, 'an instance of History, or false', false),
    raceOnly: true,
  },
  lookup: { check: ofType('function'), needsList: true, fromRequest: true },
  handshake: { check: ofType('function'), raceOnly: true },
  tls: {
    check: checkObject,
    raceOnly: true,
    flag: { help: ['an endpoint has connected when TLS is done'] },
  },
  // net.Socket checks some of the following only when the connection is there, and ignores others.
  noDelay: { check: ofType('boolean'), fromRequest: true },
  keepAlive: { check: ofType('boolean'), fromRequest: true },
  keepAliveInitialDelay: { check: numberIn('>= 0', (ms) => ms >= 0), fromRequest: true },
  allowHalfOpen: { check: ofType('boolean') },
  onread: { check: checkOnRead },
  highWaterMark: {
    check: numberIn('an integer >= 0', (bytes) => Number.isInteger(bytes) && bytes >= 0),
    fromRequest: true,
  },
};

type Name = keyof ConnectOptions;
const ROWS = Object.entries(OPTIONS) as [Name, Option][];

/** The names of the options that have something in the table. */
export function optionsWith(column: keyof Option): Name[] {
  return ROWS.filter(([, option]) => option[column] !== undefined).map(([name]) => name);
}

/** The options, checked, with their defaults in place. */
export interface Settings extends Readonly<Omit<ConnectOptions, 'timeout' | 'attemptTimeout'>> {
  /** ms; Infinity for none. */
  readonly timeout: number;
  /** ms; Infinity for none. */
  readonly attemptTimeout: number;
}

/**
 * Every option, as it is when the caller leaves it out. All are own properties, so that Object.prototype cannot
 * supply one, and all settings share one hidden class of V8.
 */
const DEFAULTS = Object.fromEntries(
  ROWS.map(([name, option]) => [name, option.default]),
) as object as Settings;

/**
 * Throws what connectByList() documents for bad options. Each is read once, so that what was checked is what is used;
 * inherited properties are ignored.
 */
export function readOptions(options: unknown): Settings {
  checkObject(options, 'options');
  if (Object.keys(options as object).length === 0) return DEFAULTS;
  const given = { ...DEFAULTS, ...(options as object) } as Record<Name, unknown>;
  let needsRace: Name | undefined;
  for (const [name, option] of ROWS) {
    const value = given[name];
    if (value === option.default) continue;
    if (value === undefined) {
      given[name] = option.default;
      continue;
    }
    option.check(value, `options.${name}`);
    if (option.raceOnly) needsRace ??= name;
  }
  if (needsRace) {
    if (given.engine === 'winsock') throw raceOnlyError(`options.${needsRace}`, given[needsRace]);
    given.engine = 'race';
  }
  return given as object as Settings;
}

/** The error for an option, or a property of an endpoint, that only the race engine supports. */
export function raceOnlyError(name: string, value: unknown): TypeError {
  const reason = "is not available with the engine 'winsock': use 'race', or leave \"engine\" out";
  return invalidArgValue(name, value, reason);
}

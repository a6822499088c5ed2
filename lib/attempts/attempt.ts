// One row for everything that was tried: an attempt to connect, or the lookup of a name that led to none.

import type * as net from 'node:net';

import { toSocketAddress } from '../endpoints/endpoints';

/**
 * How an attempt ended.
 * - `connected`: it won.
 * - `failed`: the system, the resolver or the handshake reported an error; see `code`.
 * - `timeout`: it took longer than `attemptTimeout`, or was running when `timeout` expired.
 * - `lost`: another attempt connected first.
 * - `blocked`: the `blockList` forbids the address; nothing was tried.
 */
export type Outcome = 'connected' | 'failed' | 'timeout' | 'lost' | 'blocked';

/** One attempt, as it went. */
export interface Attempt {
  /** The address or the name as it stands in the list. */
  readonly host: string;
  /** 0 to 65535. */
  readonly port: number;
  /** Where it went; undefined for a name that was not resolved. IPv4-mapped addresses are un-mapped. */
  readonly remoteAddress: net.SocketAddress | undefined;
  /** Where it came from; undefined when it had no address yet. */
  readonly localAddress: net.SocketAddress | undefined;
  /** How it ended. */
  readonly outcome: Outcome;
  /**
   * Node's code, such as 'ECONNREFUSED', where the outcome is `failed`, `timeout` or `blocked`; the `name` of a
   * handshake's error that has no code.
   */
  readonly code: string | undefined;
  /** The error of the lookup or of the handshake (TLS included), where that failed. */
  readonly cause?: Error;
  /** When it started, in ms from the call. */
  readonly start: number;
  /** When it ended, in ms from the call. */
  readonly end: number;
}

/** A connection that was made, and how. */
export interface Connection {
  /** Connected, and reading. The caller's to use and to close. A `tls.TLSSocket` where `tls` was given. */
  readonly socket: net.Socket;
  /** Where the connection comes from; an IPv4-mapped address is given as IPv4. */
  readonly localAddress: net.SocketAddress;
  /** Which endpoint it was; an IPv4-mapped address is given as IPv4. */
  readonly remoteAddress: net.SocketAddress;
  /** Who made the attempts. */
  readonly engine: 'winsock' | 'race';
  /** What was tried, in the order in which it started. */
  readonly attempts: readonly Attempt[];
}

/** An attempt that has just begun. */
export type AttemptStart = Pick<
  Attempt,
  'host' | 'port' | 'remoteAddress' | 'localAddress' | 'start'
>;

/**
 * What an Attempt is made of: texts and numbers, which is how it is kept. A net.SocketAddress takes longer to make
 * than its attempt, and more memory; mostly nobody asks for one.
 */
export interface Row extends RowStart, Pick<Attempt, 'outcome' | 'code' | 'end'> {
  readonly cause: Error | undefined;
  /** When TCP had connected, in ms from the call, where the race engine knows. */
  readonly connectedAt?: number | undefined;
}

/** Rows that are read when somebody asks for them: a long list has a hundred thousand, and mostly nobody does. */
export interface Rows {
  readonly length: number;
  at(index: number): Row;
  /** The place of the one that ended last. */
  readonly last: number;
}

export function rowsOf(rows: readonly Row[]): Rows {
  const last = rows.reduce((last, { end }, i) => (end >= (rows[last]?.end ?? 0) ? i : last), 0);
  return { length: rows.length, at: (index) => rows[index] as Row, last };
}

export function* eachOf(rows: Rows): Generator<Row> {
  for (let i = 0; i < rows.length; i++) yield rows.at(i);
}

/** The raw form of an AttemptStart. */
export interface RowStart extends Pick<Attempt, 'host' | 'port' | 'start'> {
  /** Where it went, in the form that net.SocketAddress has; undefined for a name that was not resolved. */
  readonly address: string | undefined;
  /** Where it came from; '' when it had no address yet. */
  readonly localAddress: string;
  readonly localPort: number;
}

export function toAttempt(row: Row): Attempt {
  const { outcome, code, cause, end } = row;
  const { start, ...places } = toAttemptStart(row);
  return { ...places, outcome, code, ...(cause && { cause }), start, end };
}

export function toAttemptStart(row: RowStart): AttemptStart {
  const { host, port, address, localAddress, localPort, start } = row;
  return {
    host,
    port,
    remoteAddress: toSocketAddress(address, port),
    localAddress: toSocketAddress(localAddress, localPort),
    start,
  };
}

export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/**
 * Is told of the attempts of one call while they are made. `index` is the attempt's place among them. `read` creates
 * the details on demand, because creating them can cost more than the attempt.
 */
export interface AttemptListener {
  /** A name was resolved, or was not: what 'lookup' of a net.Socket tells. */
  resolved?(host: string, error: Error | undefined, addresses: readonly ResolvedAddress[]): void;
  started(index: number, read: () => RowStart): void;
  ended(index: number, outcome: Outcome, read: () => Row): void;
}

// The whole boundary to the addon. Plain data crosses it: addresses and numbers in; numbers, texts and
// the number of a connected socket out. src-native/addon/binding.cc is the other side.

import * as net from 'node:net';
import * as path from 'node:path';

import loadAddon = require('node-gyp-build');

import type { Attempt, Outcome } from './attempt';
import type { Endpoint } from './endpoints';
import { errorOfErrno, TIMED_OUT } from './system-errors';

/** How a race ended; the order is that of `Verdict` in src-native/core/race.h. */
const VERDICTS = ['undecided', 'connected', 'all-failed', 'deadline', 'aborted'] as const;
/** The order is that of `Outcome` in src-native/core/race.h. */
const OUTCOMES = ['running', 'connected', 'failed', 'timeout', 'lost', 'aborted'] as const;

type Done = (
  verdict: number,
  winner: number,
  socket: number,
  rows: Float64Array,
  locals: string[],
) => void;

interface Addon {
  race(
    addresses: string[],
    ports: number[],
    delay: number,
    attemptTimeout: number,
    timeout: number,
    done: Done,
  ): number;
  abort(id: number): void;
  close(socket: number): void;
}

export interface RaceTimes {
  /** ms between two starts; undefined for RFC 8305's. */
  attemptDelay: number | undefined;
  /** ms; Infinity for none. */
  attemptTimeout: number;
  /** ms; Infinity for none. */
  timeout: number;
}

export interface RaceResult {
  verdict: (typeof VERDICTS)[number];
  /** The winner's place in the list of endpoints. */
  winner: number;
  /** The connected socket's number, to be adopted or closed; -1 when there is none. */
  socket: number;
  /** The winner's local address. */
  readLocalAddress(): net.SocketAddress | undefined;
  /** The attempts, made into objects when somebody asks: mostly nobody does. */
  readAttempts(): Attempt[];
}

let loaded: Addon | undefined;

/** Loads the addon at the first call that needs it, so that importing the package costs and risks nothing. */
function addon(): Addon {
  if (loaded) return loaded;
  try {
    loaded = loadAddon(path.join(__dirname, '..')) as Addon;
    return loaded;
  } catch (cause) {
    const target = `${process.platform}-${process.arch}, Node ${process.versions.node}`;
    throw new Error(
      `connect-by-list has no native addon for this machine (${target}). ` +
        'Run "npm rebuild connect-by-list", which builds it with node-gyp, a C++17 compiler and Python; ' +
        'where Node runs with --permission, add --allow-addons.',
      { cause },
    );
  }
}

/**
 * Runs a race over the endpoints, which are all addresses. `done` is called once, maybe before this
 * returns. The answer is a function that ends the race.
 */
export function race(
  endpoints: readonly Endpoint[],
  times: RaceTimes,
  startedAt: number,
  done: (result: RaceResult) => void,
): () => void {
  const native = addon();
  const id = native.race(
    endpoints.map(({ address }) => address),
    endpoints.map(({ port }) => port),
    times.attemptDelay ?? NaN,
    times.attemptTimeout,
    times.timeout,
    (verdict, winner, socket, rows, locals) => {
      const readLocal = (row: number): net.SocketAddress | undefined =>
        toSocketAddress(locals[row], rows[row * COLUMNS + 4]);
      done({
        verdict: VERDICTS[verdict] ?? 'undecided',
        winner,
        socket,
        readLocalAddress: () => readLocal(winner),
        readAttempts: () =>
          locals.map((_, row) =>
            readRow(endpoints[row] as Endpoint, rows, row, startedAt, readLocal),
          ),
      });
    },
  );
  return () => {
    native.abort(id);
  };
}

/** Closes a connected socket that nobody will adopt. */
export function closeSocket(socket: number): void {
  addon().close(socket);
}

/** outcome, errno, start, end, local port: what one row of the addon's numbers holds. */
const COLUMNS = 5;

function readRow(
  endpoint: Endpoint,
  rows: Float64Array,
  row: number,
  startedAt: number,
  readLocal: (row: number) => net.SocketAddress | undefined,
): Attempt {
  const [outcome = 0, errno = 0, start = 0, end = 0] = rows.subarray(row * COLUMNS);
  const name = OUTCOMES[outcome] as Outcome;
  return {
    host: endpoint.host,
    port: endpoint.port,
    remoteAddress: toSocketAddress(endpoint.address, endpoint.port),
    localAddress: readLocal(row),
    outcome: name,
    code: name === 'failed' ? errorOfErrno(errno).code : name === 'timeout' ? TIMED_OUT : undefined,
    start: toMicrosecond(startedAt + start),
    end: toMicrosecond(startedAt + end),
  };
}

/** The clocks know no more than microseconds; what the sum shows beyond is noise. */
function toMicrosecond(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** As a net.SocketAddress, which has no place for a zone ('%eth0'). */
export function toSocketAddress(
  text: string | undefined,
  port: number | undefined,
): net.SocketAddress | undefined {
  if (!text || port === undefined) return undefined;
  const [address = text] = text.split('%', 1);
  return new net.SocketAddress({ address, port, family: net.isIPv6(address) ? 'ipv6' : 'ipv4' });
}

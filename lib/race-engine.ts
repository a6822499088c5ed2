// The race engine: our own attempts, as RFC 8305 section 5 says, on every platform.

import type * as net from 'node:net';

import type { Attempt, Outcome } from './attempt';
import { toSocketAddress, type Endpoint } from './endpoints';
import type { Made } from './engine';
import { raceFailure } from './failure';
import { addon } from './native';
import type { Settings } from './options';
import { orAbort } from './or-abort';
import { errorOfErrno, TIMED_OUT } from './system-errors';

/** Verdict::kDeadline in src-native/core/race.h. */
const DEADLINE = 3;
/** The order is that of `Outcome` in src-native/core/race.h; nobody sees the first and the last. */
const OUTCOMES: readonly Outcome[] = ['failed', 'connected', 'failed', 'timeout', 'lost', 'failed'];
/** outcome, errno, start, end, local port: what one row of the addon's numbers holds. */
const COLUMNS = 5;

/**
 * @param targets all of them addresses.
 * @param failedLookups rows of the names that gave no address, for the error.
 * @param startsAt ms from the call.
 */
export async function connectByRace(
  targets: readonly Endpoint[],
  failedLookups: readonly Attempt[],
  settings: Settings,
  startsAt: number,
): Promise<Made> {
  const { attemptDelay, attemptTimeout, timeout, signal } = settings;
  const native = addon();
  const { verdict, ...result } = await orAbort<RaceResult>(signal, (resolve) => {
    const id = native.race(
      targets.map(({ address }) => address),
      targets.map(({ port }) => port),
      attemptDelay ?? NaN,
      attemptTimeout,
      timeout - startsAt,
      (verdict, winner, socket, rows, locals) => resolve({ verdict, winner, socket, rows, locals }),
    );
    return () => native.abort(id);
  });

  const readLocal = (row: number): net.SocketAddress | undefined =>
    toSocketAddress(result.locals[row], result.rows[row * COLUMNS + 4]);
  const readAttempts = (): Attempt[] => {
    const rows = result.locals.map((_, row) =>
      readRow(
        targets[row] as Endpoint,
        result.rows.subarray(row * COLUMNS),
        startsAt,
        readLocal(row),
      ),
    );
    return [...failedLookups, ...rows];
  };
  if (result.socket < 0) {
    const untried = targets.slice(result.locals.length);
    throw raceFailure(readAttempts(), verdict === DEADLINE ? timeout : undefined, untried);
  }
  const winner = targets[result.winner] as Endpoint;
  return {
    socket: result.socket,
    readLocalAddress: () => readLocal(result.winner) as net.SocketAddress,
    readRemoteAddress: () => toSocketAddress(winner.address, winner.port) as net.SocketAddress,
    readAttempts,
  };
}

interface RaceResult {
  verdict: number;
  winner: number;
  socket: number;
  rows: Float64Array;
  locals: string[];
}

function readRow(
  { host, port, address }: Endpoint,
  [outcome = 0, errno = 0, start = 0, end = 0]: Float64Array,
  startsAt: number,
  localAddress: net.SocketAddress | undefined,
): Attempt {
  const name = OUTCOMES[outcome] as Outcome;
  return {
    host,
    port,
    remoteAddress: toSocketAddress(address, port),
    localAddress,
    outcome: name,
    code: name === 'failed' ? errorOfErrno(errno).code : name === 'timeout' ? TIMED_OUT : undefined,
    start: toMicrosecond(startsAt + start),
    end: toMicrosecond(startsAt + end),
  };
}

/** The clocks know no more than microseconds; what the sum shows beyond is noise. */
function toMicrosecond(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

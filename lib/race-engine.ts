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
export function connectByRace(
  targets: readonly Endpoint[],
  failedLookups: readonly Attempt[],
  settings: Settings,
  startsAt: number,
): Promise<Made> {
  const { attemptDelay, attemptTimeout, timeout, signal } = settings;
  const native = addon();
  return orAbort<Made>(signal, (resolve, reject) => {
    const id = native.race(
      targets.map(({ address }) => address),
      targets.map(({ port }) => port),
      attemptDelay ?? NaN,
      attemptTimeout,
      timeout - startsAt,
      (verdict, winner, socket, rows, locals) => {
        const result = new RaceResult(
          targets,
          failedLookups,
          startsAt,
          winner,
          socket,
          rows,
          locals,
        );
        if (socket >= 0) return resolve(result);
        const untried = targets.slice(locals.length);
        const limit = verdict === DEADLINE ? timeout : undefined;
        reject(raceFailure(result.readAttempts(), limit, untried));
      },
    );
    return () => native.abort(id);
  });
}

/** What the addon told of a race, made into objects when somebody asks. */
class RaceResult implements Made {
  constructor(
    private readonly targets: readonly Endpoint[],
    private readonly failedLookups: readonly Attempt[],
    private readonly startsAt: number,
    private readonly winner: number,
    readonly socket: number,
    private readonly rows: readonly number[],
    private readonly locals: readonly string[],
  ) {}

  readLocalAddress(): net.SocketAddress {
    return this.readLocal(this.winner) as net.SocketAddress;
  }

  readRemoteAddress(): net.SocketAddress {
    const { address, port } = this.targets[this.winner] as Endpoint;
    return toSocketAddress(address, port) as net.SocketAddress;
  }

  readAttempts(): Attempt[] {
    const attempts = this.locals.map((_, row) => {
      const numbers = this.rows.slice(row * COLUMNS, (row + 1) * COLUMNS);
      return readRow(this.targets[row] as Endpoint, numbers, this.startsAt, this.readLocal(row));
    });
    return [...this.failedLookups, ...attempts];
  }

  private readLocal(row: number): net.SocketAddress | undefined {
    return toSocketAddress(this.locals[row], this.rows[row * COLUMNS + 4]);
  }
}

function readRow(
  { host, port, address }: Endpoint,
  [outcome = 0, errno = 0, start = 0, end = 0]: number[],
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

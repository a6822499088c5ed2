// The race engine: our own attempts, as RFC 8305 section 5 says, on every platform.

import type * as net from 'node:net';

import type { Attempt, Outcome } from './attempt';
import { toSocketAddress, type Endpoint } from './endpoints';
import type { Made } from './engine';
import { raceFailure } from './failure';
import { addon, type NativePairs } from './native';
import type { Settings } from './options';
import { orAbort } from './or-abort';
import { learnFrom, type Pair } from './pairs';
import { Supply } from './supply';
import { errorOfErrno, TIMED_OUT } from './system-errors';
import type { Targets } from './targets';

/** Verdict::kDeadline in src-native/core/race.h. */
const DEADLINE = 3;
/** The order is that of `Outcome` in src-native/core/race.h; nobody sees the first and the last. */
const OUTCOMES: readonly Outcome[] = ['failed', 'connected', 'failed', 'timeout', 'lost', 'failed'];
/** outcome, errno, start, end, local port: what one row of the addon's numbers holds. */
const COLUMNS = 5;

/** @param startsAt ms from the call. */
export async function connectByRace(
  targets: Targets,
  settings: Settings,
  startsAt: number,
): Promise<Made> {
  const { attemptDelay, attemptTimeout, timeout, signal, localPort = 0 } = settings;
  const native = addon();
  const supply = new Supply(targets, settings);
  const result = await orAbort<RaceResult>(signal, (resolve) => {
    const id = native.race(
      toNative(supply.pairs, localPort),
      true,
      attemptDelay ?? NaN,
      attemptTimeout,
      timeout - startsAt,
      (verdict, winner, socket, rows, locals) => {
        supply.onMore(undefined);
        resolve(
          new RaceResult(supply.pairs, targets, startsAt, verdict, winner, socket, rows, locals),
        );
      },
      () => supply.ask(),
    );
    supply.onMore((pairs, more) => native.offer(id, toNative(pairs, localPort), more));
    return () => native.abort(id);
  });
  // With one address there was nothing to order, and what is learned would order nothing.
  if (supply.pairs.length > 1) learnFrom(result.readTried(), settings);
  if (result.socket >= 0) return result;
  // Thrown here and not from the addon's call, so that the stack leads to the caller.
  const isLate = result.verdict === DEADLINE;
  const earlier = isLate ? targets.rowsAtDeadline() : targets.rows();
  const tried = result.triedTargets();
  const untried = targets.known.filter((target) => !tried.has(target));
  throw raceFailure([...earlier, ...result.readTried()], isLate ? timeout : undefined, untried);
}

function toNative(pairs: readonly Pair[], localPort: number): NativePairs {
  const isKnown = pairs.some(({ patience }) => patience !== 0);
  const isBound = localPort !== 0 || pairs.some(({ bind }) => bind !== '');
  return {
    addresses: pairs.map(({ target }) => target.address),
    ports: pairs.map(({ target }) => target.port),
    locals: isBound ? pairs.map(({ bind }) => bind) : undefined,
    localPort,
    patience: isKnown ? pairs.map(({ patience }) => patience) : undefined,
  };
}

/** What the addon told of a race, made into objects when somebody asks. */
class RaceResult implements Made {
  constructor(
    private readonly pairs: readonly Pair[],
    private readonly targets: Targets,
    private readonly startsAt: number,
    readonly verdict: number,
    private readonly winner: number,
    readonly socket: number,
    private readonly rows: readonly number[],
    private readonly locals: readonly string[],
  ) {}

  readLocalAddress(): net.SocketAddress {
    return this.readLocal(this.winner) as net.SocketAddress;
  }

  readRemoteAddress(): net.SocketAddress {
    const { address, port } = (this.pairs[this.winner] as Pair).target;
    return toSocketAddress(address, port) as net.SocketAddress;
  }

  readAttempts(): Attempt[] {
    return [...this.targets.rows(), ...this.readTried()];
  }

  readTried(): Attempt[] {
    return this.locals.map((_, row) => {
      const numbers = this.rows.slice(row * COLUMNS, (row + 1) * COLUMNS);
      const { target } = this.pairs[row] as Pair;
      return readRow(target, numbers, this.startsAt, this.readLocal(row));
    });
  }

  triedTargets(): Set<Endpoint> {
    return new Set(this.locals.map((_, row) => (this.pairs[row] as Pair).target));
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

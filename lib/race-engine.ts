// The race engine: our own attempts, as RFC 8305 section 5 says, on every platform.

import type * as net from 'node:net';

import type { Attempt, Outcome } from './attempt';
import { toSocketAddress, type Endpoint } from './endpoints';
import type { Made } from './engine';
import { raceFailure } from './failure';
import type { Observation } from './history';
import { addon, type NativePairs, type RaceRow } from './native';
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

/** @param elapsed says how long ago the call was, in ms. */
export async function connectByRace(
  targets: Targets,
  settings: Settings,
  elapsed: () => number,
): Promise<Made> {
  const { attemptDelay, attemptTimeout, timeout, signal, localPort = 0 } = settings;
  const native = addon();
  const supply = new Supply(targets, settings);
  let isOver = false;
  // Only now: putting a long list into its order takes its time, and the deadline counts from the call.
  const startsAt = elapsed();
  const result = await orAbort<RaceResult>(signal, (resolve) => {
    const id = native.race(
      ...toNative(supply.pairs, localPort),
      true,
      attemptDelay ?? NaN,
      attemptTimeout,
      timeout - startsAt,
      (verdict, winner, socket, rows) => {
        isOver = true;
        supply.onMore(undefined);
        const earlier = verdict === DEADLINE ? targets.rowsAtDeadline() : targets.rows();
        resolve(new RaceResult(supply.pairs, earlier, startsAt, verdict, winner, socket, rows));
      },
      () => supply.ask(),
    );
    if (!isOver) {
      supply.onMore((pairs, more) => native.offer(id, ...toNative(pairs, localPort), more));
    }
    return () => native.abort(id);
  });
  // With one address there was nothing to order, and what is learned would order nothing.
  if (supply.pairs.length > 1) learnFrom(() => result.observe(), settings);
  if (result.socket >= 0) return result;
  // Thrown here and not from the addon's call, so that the stack leads to the caller.
  const tried = result.triedTargets();
  const untried = targets.known.filter((target) => !tried.has(target));
  const limit = result.verdict === DEADLINE ? timeout : undefined;
  throw raceFailure(result.readAttempts(), limit, untried);
}

function toNative(pairs: readonly Pair[], localPort: number): NativePairs {
  const isKnown = pairs.some(({ patience }) => patience !== 0);
  const isBound = localPort !== 0 || pairs.some(({ bind }) => bind !== '');
  return [
    pairs.map(({ target }) => target.address),
    pairs.map(({ target }) => target.port),
    isBound ? pairs.map(({ bind }) => bind) : undefined,
    localPort,
    isKnown ? pairs.map(({ patience }) => patience) : undefined,
  ];
}

/** What the addon told of a race, made into objects when somebody asks. */
class RaceResult implements Made {
  constructor(
    private readonly pairs: readonly Pair[],
    private readonly earlier: readonly Attempt[],
    private readonly startsAt: number,
    readonly verdict: number,
    private readonly winner: number,
    readonly socket: number,
    private readonly rows: readonly RaceRow[],
  ) {}

  readLocalAddress(): net.SocketAddress {
    return localOf(this.rows[this.winner] as RaceRow) as net.SocketAddress;
  }

  readRemoteAddress(): net.SocketAddress {
    const { address, port } = (this.pairs[this.winner] as Pair).target;
    return toSocketAddress(address, port) as net.SocketAddress;
  }

  readAttempts(): Attempt[] {
    const tried = this.rows.map((row, i) => {
      return readRow((this.pairs[i] as Pair).target, row, this.startsAt);
    });
    return [...this.earlier, ...tried];
  }

  /** The attempts without their addresses made into objects, which is what takes long. */
  observe(): Observation[] {
    return this.rows.map((row, i) => ({
      address: (this.pairs[i] as Pair).target.address,
      ...readNumbers((this.pairs[i] as Pair).target, row, this.startsAt),
    }));
  }

  triedTargets(): Set<Endpoint> {
    return new Set(this.rows.map((_, i) => (this.pairs[i] as Pair).target));
  }
}

function readRow(target: Endpoint, row: RaceRow, startsAt: number): Attempt {
  return {
    host: target.host,
    ...readNumbers(target, row, startsAt),
    remoteAddress: toSocketAddress(target.address, target.port),
    localAddress: localOf(row),
  };
}

function readNumbers(
  { port }: Endpoint,
  [number, errno, start, end]: RaceRow,
  startsAt: number,
): Pick<Attempt, 'port' | 'outcome' | 'code' | 'start' | 'end'> {
  const outcome = OUTCOMES[number] as Outcome;
  const isTimeout = outcome === 'timeout';
  const code = outcome === 'failed' ? errorOfErrno(errno).code : isTimeout ? TIMED_OUT : undefined;
  return {
    port,
    outcome,
    code,
    start: toMicrosecond(startsAt + start),
    end: toMicrosecond(startsAt + end),
  };
}

/** The clocks know no more than microseconds; what the sum shows beyond is noise. */
function toMicrosecond(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function localOf([, , , , port, address]: RaceRow): net.SocketAddress | undefined {
  return toSocketAddress(address, port);
}

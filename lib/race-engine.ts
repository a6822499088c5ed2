// The race engine: our own attempts, as RFC 8305 section 5 says, on every platform.

import type * as net from 'node:net';

import type { Attempt, Outcome } from './attempt';
import { toSocketAddress, type Endpoint } from './endpoints';
import type { Made } from './engine';
import { raceFailure } from './failure';
import { addon, type NativePairs } from './native';
import type { Settings } from './options';
import { orAbort } from './or-abort';
import { planRace, type Pair } from './pairs';
import { errorOfErrno, TIMED_OUT } from './system-errors';

/** Verdict::kDeadline in src-native/core/race.h. */
const DEADLINE = 3;
/** The order is that of `Outcome` in src-native/core/race.h; nobody sees the first and the last. */
const OUTCOMES: readonly Outcome[] = ['failed', 'connected', 'failed', 'timeout', 'lost', 'failed'];
/** outcome, errno, start, end, local port: what one row of the addon's numbers holds. */
const COLUMNS = 5;

/** How many further pairs are made at a time. */
const BATCH = 64;

/**
 * @param targets all of them addresses.
 * @param earlier rows of what led to no attempt: names without an address, and what is blocked.
 * @param startsAt ms from the call.
 */
export async function connectByRace(
  targets: readonly Endpoint[],
  earlier: readonly Attempt[],
  settings: Settings,
  startsAt: number,
): Promise<Made> {
  const { attemptDelay, attemptTimeout, timeout, signal } = settings;
  const { localPort = 0 } = settings;
  const native = addon();
  const plan = planRace(targets, settings);
  const pairs = [...plan.first];

  const result = await orAbort<RaceResult>(signal, (resolve) => {
    const id = native.race(
      toNative(pairs, localPort),
      plan.rest !== undefined,
      attemptDelay ?? NaN,
      attemptTimeout,
      timeout - startsAt,
      (verdict, winner, socket, rows, locals) => {
        resolve(new RaceResult(pairs, earlier, startsAt, verdict, winner, socket, rows, locals));
      },
      () => {
        const batch = take(BATCH, plan.rest);
        pairs.push(...batch);
        native.offer(id, toNative(batch, localPort), batch.length === BATCH);
      },
    );
    return () => native.abort(id);
  });
  if (result.socket >= 0) return result;
  // Thrown here and not from the addon's call, so that the stack leads to the caller.
  const tried = result.triedTargets();
  const untried = targets.filter((target) => !tried.has(target));
  const limit = result.verdict === DEADLINE ? timeout : undefined;
  throw raceFailure(result.readAttempts(), limit, untried);
}

function take(most: number, rest: Iterator<Pair> | undefined): Pair[] {
  const batch: Pair[] = [];
  while (rest && batch.length < most) {
    const next = rest.next();
    if (next.done === true) break;
    batch.push(next.value);
  }
  return batch;
}

function toNative(pairs: readonly Pair[], localPort: number): NativePairs {
  const isBound = localPort !== 0 || pairs.some(({ bind }) => bind !== '');
  return {
    addresses: pairs.map(({ target }) => target.address),
    ports: pairs.map(({ target }) => target.port),
    locals: isBound ? pairs.map(({ bind }) => bind) : undefined,
    localPort,
  };
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
    const attempts = this.locals.map((_, row) => {
      const numbers = this.rows.slice(row * COLUMNS, (row + 1) * COLUMNS);
      const { target } = this.pairs[row] as Pair;
      return readRow(target, numbers, this.startsAt, this.readLocal(row));
    });
    return [...this.earlier, ...attempts];
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

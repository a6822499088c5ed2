// The race engine: our own attempts, as RFC 8305 section 5 says, on every platform.

import type * as net from 'node:net';

import type { Attempt } from './attempt';
import type { Call } from './call';
import { toSocketAddress, type Endpoint } from './endpoints';
import type { Made } from './engine';
import { raceFailure } from './failure';
import type { Handshakes } from './handshake';
import type { Observation } from './history';
import { addon } from './native';
import { orAbort } from './or-abort';
import { learnFrom, type Pair } from './pairs';
import { RaceProgress } from './race-progress';
import { localOf, readNumbers, readRow, splitRows, type RaceRow } from './race-rows';
import { Supply } from './supply';
import type { Targets } from './targets';

/** Verdict::kConnected and Verdict::kDeadline in src-native/core/race.h. */
const CONNECTED = 1;
const DEADLINE = 3;

export async function connectByRace(targets: Targets, call: Call): Promise<Made> {
  const { settings, elapsed, control, listener } = call;
  const { attemptDelay, attemptTimeout, timeout, localPort = 0 } = settings;
  const native = addon();
  const made = Supply.of(targets, settings, control);
  // A short list is not waited for.
  const supply = made instanceof Supply ? made : await made;
  let isOver = false;
  // Only now: putting a long list into its order takes its time, and the deadline counts from the call.
  const startsAt = elapsed();
  const progress = RaceProgress.of(supply.pairs, settings, startsAt, listener);
  const result = await orAbort<RaceResult>(control, (resolve) => {
    let release: (() => void) | undefined;
    const id = native.race(
      toNative(supply.pairs),
      localPort,
      true,
      attemptDelay ?? NaN,
      attemptTimeout,
      timeout - startsAt,
      settings.tls !== undefined,
      (verdict, winner, socket, rows) => {
        isOver = true;
        supply.onMore(undefined);
        release?.();
        const earlier = verdict === DEADLINE ? targets.rowsAtDeadline() : targets.rows();
        const { handshakes } = progress ?? {};
        resolve(
          new RaceResult(
            supply.pairs,
            earlier,
            startsAt,
            verdict,
            winner,
            socket,
            rows,
            handshakes,
          ),
        );
        progress?.finish(rows);
      },
      () => supply.ask(),
      progress && ((): void => progress.take()),
    );
    if (!isOver) {
      supply.onMore((pairs, more) => native.offer(id, toNative(pairs), localPort, more));
      release = control?.hold?.({ setRef: (isRef) => native.setRef(id, isRef) });
      progress?.begin(id);
    }
    return () => native.abort(id);
  });
  // With one address there was nothing to order, and what is learned would order nothing.
  if (supply.pairs.length > 1) learnFrom(() => result.observe(), settings);
  if (result.hasConnected) return result;
  // Thrown here and not from the addon's call, so that the stack leads to the caller.
  const tried = result.triedTargets();
  const untried = targets.known.filter((target) => !tried.has(target));
  const limit = result.verdict === DEADLINE ? timeout : undefined;
  throw raceFailure(result.readAttempts(), limit, untried);
}

/** As native.ts has it. */
function toNative(pairs: readonly Pair[]): string {
  return pairs.map(lineOf).join('\n');
}

function lineOf({ target, bind, patience }: Pair): string {
  const remote = `${target.address} ${target.port}`;
  if (bind === '' && patience === 0) return remote;
  return `${remote} ${bind || '-'} ${Math.round(patience * 1000)}`;
}

/** What the addon told of a race, made into objects when somebody asks. */
class RaceResult implements Made {
  readonly engine = 'race';
  #rows: readonly RaceRow[] | undefined;

  constructor(
    private readonly pairs: readonly Pair[],
    private readonly earlier: readonly Attempt[],
    private readonly startsAt: number,
    readonly verdict: number,
    private readonly winner: number,
    private readonly descriptor: number,
    private readonly text: string,
    private readonly handshakes: Handshakes | undefined,
  ) {}

  private get rows(): readonly RaceRow[] {
    this.#rows ??= splitRows(this.text);
    return this.#rows;
  }

  get hasConnected(): boolean {
    return this.verdict === CONNECTED;
  }

  takeSocket(): net.Socket | number {
    return this.handshakes?.take(this.winner) ?? this.descriptor;
  }

  readLocalAddress(): net.SocketAddress {
    return localOf(this.rows[this.winner] as RaceRow) as net.SocketAddress;
  }

  readRemoteAddress(): net.SocketAddress {
    const { address, port } = (this.pairs[this.winner] as Pair).target;
    return toSocketAddress(address, port) as net.SocketAddress;
  }

  readAttempts(): Attempt[] {
    const tried = this.rows.map((row, i) => {
      const cause = this.handshakes?.failureOf(i);
      return readRow((this.pairs[i] as Pair).target, row, this.startsAt, cause);
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

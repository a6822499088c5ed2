// The race engine: our own attempts, as RFC 8305 section 5 says, on every platform.

import type * as net from 'node:net';

import type { Row } from './attempt';
import type { Call } from './call';
import { toSocketAddress, type Endpoint } from './endpoints';
import type { Made } from './engine';
import { raceFailure } from './failure';
import type { Handshakes } from './handshake';
import type { Lesson, Observation } from './history';
import { addon } from './native';
import { orAbort } from './or-abort';
import type { Settings } from './options';
import { isLong, learnFrom, planRace, planRaceInTurns, type Pair, type Plan } from './pairs';
import { RaceProgress } from './race-progress';
import { codeOf, outcomeOf, readOutcome, readRow, splitRow, type RaceRow } from './race-rows';
import { follow } from './running-races';
import { Supply } from './supply';
import type { Targets } from './targets';

/** Verdict::kConnected and Verdict::kDeadline in src-native/core/race.h. */
const CONNECTED = 1;
const DEADLINE = 3;

/** At once where the system answers at once, as it does on this host. */
export function connectByRace(targets: Targets, call: Call): Made | Promise<Made> {
  const { known } = targets;
  if (!isLong(known)) return race(planRace(known, call.settings), targets, call);
  return planRaceInTurns(known, call.settings, call.control).then((plan) =>
    race(plan, targets, call),
  );
}

function race(plan: Plan, targets: Targets, call: Call): Made | Promise<Made> {
  const { settings, elapsed, control, listener } = call;
  // Only now: putting a long list into its order takes its time, and the deadline counts from the call.
  const startsAt = elapsed();
  const progress =
    listener || settings.tls
      ? new RaceProgress(plan.pairs, settings, startsAt, listener)
      : undefined;
  // A function of the caller's, such as the policy, may have given the call up.
  if (control?.aborted) throw control.reason;
  const begun = addon().race(
    plan.pairs.map(lineOf).join('\n'),
    settings.localPort ?? 0,
    true,
    settings.attemptDelay ?? NaN,
    settings.attemptTimeout,
    settings.timeout - startsAt,
    settings.tls !== undefined,
    progress !== undefined,
  );
  if (typeof begun === 'number') {
    return untilOver(begun, plan, targets, call, startsAt, progress).then((result) =>
      settle(result, targets, settings),
    );
  }
  const result = new RaceResult(plan.pairs, targets, startsAt, begun, undefined);
  progress?.finish(result.rows);
  return settle(result, targets, settings);
}

/** A race that goes on. */
function untilOver(
  id: number,
  { pairs, unreachable }: Plan,
  targets: Targets,
  { settings, control }: Call,
  startsAt: number,
  progress: RaceProgress | undefined,
): Promise<RaceResult> {
  const native = addon();
  return orAbort<RaceResult>(control, (resolve) => {
    const supply = new Supply(targets, settings, pairs, unreachable);
    const release = control?.hold?.({ setRef: (isRef) => native.setRef(id, isRef) });
    follow(id, {
      finished(outcome) {
        supply.onMore(undefined);
        release?.();
        const result = new RaceResult(pairs, targets, startsAt, outcome, progress?.handshakes);
        resolve(result);
        progress?.finish(result.rows);
      },
      askForMore: () => supply.ask(),
      changed: () => progress?.take(),
    });
    supply.onMore((added, more) =>
      native.offer(id, added.map(lineOf).join('\n'), settings.localPort ?? 0, more),
    );
    progress?.begin(id);
    return () => native.abort(id);
  });
}

/** Takes note of how it went, and throws where nothing has connected. */
function settle(result: RaceResult, { known }: Targets, settings: Settings): Made {
  // With one address there was nothing to order, and what is learned would order nothing.
  if (known.length > 1) learnFrom(result, settings);
  if (result.hasConnected) return result;
  const tried = result.triedTargets();
  const untried = known.filter((target) => !tried.has(target));
  throw raceFailure(result.readRows(), result.hasStruck ? settings.timeout : undefined, untried);
}

/** As native.ts has it. */
function lineOf({ target, bind, patience }: Pair): string {
  const remote = `${target.address} ${target.port}`;
  if (bind === '' && patience === 0) return remote;
  return `${remote} ${bind || '-'} ${Math.round(patience * 1000)}`;
}

/** What the addon told of a race, read when somebody asks. */
class RaceResult implements Made, Lesson {
  readonly engine = 'race';
  readonly #outcome;
  /** What led to no attempt, as it stood when the race was over. */
  readonly #earlier: readonly Row[];
  #lines: readonly string[] | undefined;
  #rows: readonly RaceRow[] | undefined;

  constructor(
    private readonly pairs: readonly Pair[],
    targets: Targets,
    private readonly startsAt: number,
    outcome: string,
    private readonly handshakes: Handshakes | undefined,
  ) {
    this.#outcome = readOutcome(outcome);
    this.#earlier = this.hasStruck ? targets.rowsAtDeadline() : targets.rows();
  }

  get hasConnected(): boolean {
    return this.#outcome.verdict === CONNECTED;
  }

  /** The deadline has. */
  get hasStruck(): boolean {
    return this.#outcome.verdict === DEADLINE;
  }

  get rows(): readonly RaceRow[] {
    this.#rows ??= this.lines.map(splitRow);
    return this.#rows;
  }

  get count(): number {
    return this.lines.length;
  }

  get winner(): number | undefined {
    return this.hasConnected ? this.#outcome.winner : undefined;
  }

  takeSocket(): net.Socket | number {
    const { winner, socket } = this.#outcome;
    return this.handshakes?.take(winner) ?? socket;
  }

  readLocalAddress(): net.SocketAddress {
    const { localAddress, localPort } = this.rowOf(this.#outcome.winner);
    return toSocketAddress(localAddress, localPort) as net.SocketAddress;
  }

  readRemoteAddress(): net.SocketAddress {
    const { address, port } = this.targetOf(this.#outcome.winner);
    return toSocketAddress(address, port) as net.SocketAddress;
  }

  readRows(): Row[] {
    const tried = this.rows.map((row, i) => {
      return readRow(this.targetOf(i), row, this.startsAt, this.handshakes?.failureOf(i));
    });
    return [...this.#earlier, ...tried];
  }

  observe(attempt: number): Observation {
    const { address, port } = this.targetOf(attempt);
    const row = this.rowOf(attempt);
    return {
      address,
      port,
      outcome: outcomeOf(row),
      code: codeOf(row),
      start: row.start,
      end: row.end,
    };
  }

  triedTargets(): Set<Endpoint> {
    return new Set(this.lines.map((_, i) => this.targetOf(i)));
  }

  private get lines(): readonly string[] {
    const { rows } = this.#outcome;
    this.#lines ??= rows === '' ? [] : rows.split('\n');
    return this.#lines;
  }

  private rowOf(attempt: number): RaceRow {
    return this.#rows?.[attempt] ?? splitRow(this.lines[attempt] as string);
  }

  private targetOf(attempt: number): Endpoint {
    return (this.pairs[attempt] as Pair).target;
  }
}

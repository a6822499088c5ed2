// The race engine: our own attempts, as RFC 8305 section 5 says, on every platform.

import type * as net from 'node:net';

import type { Row } from './attempt';
import { elapsed, type Call, type Waiting } from './call';
import { toSocketAddress, type Endpoint } from './endpoints';
import type { Made } from './engine';
import type { Tried } from './failure';
import type { Handshakes } from './handshake';
import type { Lesson } from './history';
import { addon, type RaceListener } from './native';
import { orAbort } from './or-abort';
import { isLong, learnFrom, planRace, planRaceInTurns, type Pair, type Plan } from './pairs';
import { RaceProgress } from './race-progress';
import { readOutcome, readRow, type RaceLine, type RaceOutcome } from './race-rows';
import { follow } from './running-races';
import { Supply, type PairTaker } from './supply';
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
  const { settings, control, listener } = call;
  // Only now: putting a long list into its order takes its time, and the deadline counts from the call.
  const startsAt = elapsed(call);
  const progress =
    listener || settings.tls
      ? new RaceProgress(plan.pairs, settings, startsAt, listener)
      : undefined;
  // A function of the caller's, such as the policy, may have given the call up.
  if (control?.aborted) throw control.reason;
  const begun = addon().race(
    toText(plan.pairs),
    settings.localPort ?? 0,
    true,
    settings.attemptDelay ?? NaN,
    settings.attemptTimeout,
    settings.timeout - startsAt,
    settings.tls !== undefined,
    progress !== undefined,
  );
  if (typeof begun === 'number') {
    return new RunningRace(begun, plan, targets, call, startsAt, progress).untilOver();
  }
  const result = new RaceResult(plan.pairs, targets, call, startsAt, begun, undefined);
  progress?.finish(result.lines);
  return result;
}

/** A race that goes on. */
class RunningRace implements RaceListener, PairTaker, Waiting {
  private readonly supply: Supply;
  private resolve: ((result: RaceResult) => void) | undefined;
  private release: (() => void) | undefined;

  constructor(
    private readonly id: number,
    private readonly plan: Plan,
    private readonly targets: Targets,
    private readonly call: Call,
    private readonly startsAt: number,
    private readonly progress: RaceProgress | undefined,
  ) {
    this.supply = new Supply(targets, call.settings, plan.pairs, plan.unreachable);
  }

  untilOver(): Promise<RaceResult> {
    const { control } = this.call;
    return orAbort(control, (resolve) => {
      this.resolve = resolve;
      this.release = control?.hold?.(this);
      follow(this.id, this);
      this.supply.feed(this);
      this.progress?.begin(this.id);
      return () => addon().abort(this.id);
    });
  }

  finished(outcome: string): void {
    const { plan, targets, call, startsAt, progress } = this;
    this.supply.feed(undefined);
    this.release?.();
    const { handshakes } = progress ?? {};
    const result = new RaceResult(plan.pairs, targets, call, startsAt, outcome, handshakes);
    this.resolve?.(result);
    progress?.finish(result.lines);
  }

  askForMore(): void {
    this.supply.ask();
  }

  changed(): void {
    this.progress?.take();
  }

  offer(pairs: readonly Pair[], more: boolean): void {
    addon().offer(this.id, toText(pairs), this.call.settings.localPort ?? 0, more);
  }

  setRef(isRef: boolean): void {
    addon().setRef(this.id, isRef);
  }
}

/** As native.ts has it. */
function toText(pairs: readonly Pair[]): string {
  return pairs.map(lineOf).join('\n');
}

function lineOf({ target, bind, patience }: Pair): string {
  const remote = `${target.address} ${target.port}`;
  if (bind === '' && patience === 0) return remote;
  return `${remote} ${bind || '-'} ${Math.round(patience * 1000)}`;
}

/** What the addon told of a race, read when somebody asks. */
class RaceResult implements Made, Lesson {
  readonly engine = 'race';
  private readonly outcome: RaceOutcome;
  /** What led to no attempt, as it stood when the race was over. */
  private readonly earlier: readonly Row[];
  private readLines: readonly RaceLine[] | undefined;
  /** Those that somebody has asked for. */
  private readonly read: Row[] = [];

  constructor(
    private readonly pairs: readonly Pair[],
    private readonly targets: Targets,
    private readonly call: Call,
    private readonly startsAt: number,
    outcome: string,
    private readonly handshakes: Handshakes | undefined,
  ) {
    this.outcome = readOutcome(outcome);
    this.earlier = this.hasStruck ? targets.rowsAtDeadline() : targets.rows();
  }

  settle(): Tried | undefined {
    const { known } = this.targets;
    const { settings } = this.call;
    // With one pair there was nothing to order, and what is learned would order nothing.
    if (this.pairs.length > 1) learnFrom(this, settings);
    if (this.hasConnected) return undefined;
    const tried = new Set(this.lines.map((_, i) => this.targetOf(i)));
    return {
      rows: this.readRows(),
      timeout: this.hasStruck ? settings.timeout : undefined,
      untried: known.filter((target) => !tried.has(target)),
    };
  }

  private get hasConnected(): boolean {
    return this.outcome.verdict === CONNECTED;
  }

  /** The deadline has. */
  private get hasStruck(): boolean {
    return this.outcome.verdict === DEADLINE;
  }

  get lines(): readonly RaceLine[] {
    const { rows } = this.outcome;
    this.readLines ??= rows === '' ? [] : rows.split('\n');
    return this.readLines;
  }

  get count(): number {
    return this.lines.length;
  }

  get winner(): number | undefined {
    return this.hasConnected ? this.outcome.winner : undefined;
  }

  takeSocket(): net.Socket | number {
    const { winner, socket } = this.outcome;
    return this.handshakes?.take(winner) ?? socket;
  }

  readLocalAddress(): net.SocketAddress {
    const { localAddress, localPort } = this.rowOf(this.outcome.winner);
    return toSocketAddress(localAddress, localPort) as net.SocketAddress;
  }

  readRemoteAddress(): net.SocketAddress {
    const { address, port } = this.targetOf(this.outcome.winner);
    return toSocketAddress(address, port) as net.SocketAddress;
  }

  readRows(): Row[] {
    return [...this.earlier, ...this.lines.map((_, i) => this.rowOf(i))];
  }

  rowOf(attempt: number): Row {
    return (this.read[attempt] ??= readRow(
      this.lines[attempt] as RaceLine,
      this.targetOf(attempt),
      this.startsAt,
      this.handshakes?.failureOf(attempt),
    ));
  }

  targetOf(attempt: number): Endpoint {
    return (this.pairs[attempt] as Pair).target;
  }
}

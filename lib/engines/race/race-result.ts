// What the addon told of a race, read when somebody asks.

import type * as net from 'node:net';

import { recordRace, type RaceOutcomeView } from '../../address-selection/history';
import type { Pair } from '../../address-selection/pair-policy';
import { rowsOf, type Row, type Rows } from '../../attempts/attempt';
import type { FailureReport } from '../../attempts/failure';
import { toSocketAddress, withoutZone, type Endpoint } from '../../endpoints/endpoints';
import type { Call } from '../../options/call';
import type { ResolvedEndpoints } from '../../resolution/resolved-endpoints';
import type { EngineResult } from '../engine';
import type { Handshakes } from './handshake';
import { readOutcome, readRow, type RaceLine, type RaceOutcome } from './race-rows';

/** Verdict::kConnected and Verdict::kDeadline in src-native/core/race.h. */
const CONNECTED = 1;
const DEADLINE = 3;

export class RaceResult implements EngineResult, RaceOutcomeView {
  readonly engine = 'race';
  private readonly outcome: RaceOutcome;
  /** What led to no attempt, as it stood when the race was over. */
  private readonly earlier: readonly Row[];
  private readLines: readonly RaceLine[] | undefined;
  /** Those that somebody has asked for. */
  private read: Row[] | undefined;

  constructor(
    private readonly pairs: readonly Pair[],
    private readonly targets: ResolvedEndpoints,
    private readonly call: Call,
    private readonly startsAt: number,
    outcome: string,
    private readonly handshakes: Handshakes | undefined,
  ) {
    this.outcome = readOutcome(outcome);
    this.earlier = this.hasTimedOut ? targets.rowsAtDeadline() : targets.rows();
  }

  get endpoints(): number {
    return this.targets.asked.length;
  }

  settle(): FailureReport | undefined {
    const { settings } = this.call;
    // With one pair there was nothing to order, and what is learned would order nothing.
    if (this.pairs.length > 1) recordRace(this, settings);
    if (this.hasConnected) return undefined;
    return {
      endpoints: this.endpoints,
      rows: this.readRows(),
      timeout: this.hasTimedOut ? settings.timeout : undefined,
      untried: this.readUntried(),
    };
  }

  /** The targets of a race that has failed which no attempt went to. */
  private readUntried(): readonly Endpoint[] {
    const { known } = this.targets;
    // Every pair was tried, and there was one for each target, unless the policy left one out.
    if (!this.hasTimedOut && this.call.settings.policy === undefined) return [];
    const tried = new Set<Endpoint>();
    for (let i = 0; i < this.count; i++) tried.add(this.targetOf(i));
    return known.filter((target) => !tried.has(target));
  }

  private get hasConnected(): boolean {
    return this.outcome.verdict === CONNECTED;
  }

  private get hasTimedOut(): boolean {
    return this.outcome.verdict === DEADLINE;
  }

  get lines(): readonly RaceLine[] {
    const { rows } = this.outcome;
    this.readLines ??= rows === '' ? [] : rows.split('\n');
    return this.readLines;
  }

  get count(): number {
    return this.outcome.count;
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

  readRows(): Rows {
    const { earlier, count } = this;
    const first = earlier.length;
    const { last } = rowsOf(earlier);
    // A name can have failed after the last attempt.
    const isEarlier =
      count === 0 || (first > 0 && (earlier[last] as Row).end > this.rowOf(this.outcome.last).end);
    return {
      length: first + count,
      at: (index) => (index < first ? (earlier[index] as Row) : this.rowOf(index - first)),
      last: isEarlier ? last : first + this.outcome.last,
    };
  }

  rowOf(attempt: number): Row {
    this.read ??= [];
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

  sourceOf(attempt: number): string {
    const { bind, source } = this.pairs[attempt] as Pair;
    return withoutZone(bind || source) || this.rowOf(attempt).localAddress;
  }
}

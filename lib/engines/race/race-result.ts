// The result of a race, parsed from the addon's text when it is first read.

import type * as net from 'node:net';

import { recordRace, type RaceOutcomeView } from '../../address-selection/history';
import type { Candidate } from '../../address-selection/pair-policy';
import { rowsOf, type Outcome, type Row, type Rows } from '../../attempts/attempt';
import type { FailureReport } from '../../attempts/connect-error';
import {
  plainAddress,
  toSocketAddress,
  withoutZone,
  type Endpoint,
} from '../../endpoints/endpoints';
import { AttemptOutcome, Verdict } from '../../native/addon';
import type { Call } from '../../options/call';
import type { ResolvedEndpoints } from '../../resolution/resolved-endpoints';
import { errorOfErrno, TIMED_OUT } from '../../util/system-errors';
import type { EngineResult } from '../engine';
import type { Handshakes } from './handshake';

export class RaceResult implements EngineResult, RaceOutcomeView {
  readonly engine = 'race';
  private readonly outcome: RaceOutcome;
  /** Names without an address and blocked endpoints, as they were known when the race ended. */
  private readonly earlier: readonly Row[];
  private readLines: readonly RaceLine[] | undefined;
  /** Those that somebody has asked for. */
  private read: Row[] | undefined;

  constructor(
    private readonly candidates: readonly Candidate[],
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

  recordHistory(): void {
    // With one candidate there was nothing to order, and what is learned would order nothing.
    if (this.candidates.length > 1) recordRace(this, this.call.settings);
  }

  failure(): FailureReport | undefined {
    const { settings } = this.call;
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
    const { all } = this.targets;
    // Without a policy, a race that failed before the deadline has tried every target.
    if (!this.hasTimedOut && this.call.settings.policy === undefined) return [];
    const tried = new Set<Endpoint>();
    for (let i = 0; i < this.count; i++) tried.add(this.targetOf(i));
    return all.filter((target) => !tried.has(target));
  }

  private get hasConnected(): boolean {
    return this.outcome.verdict === Verdict.connected;
  }

  private get hasTimedOut(): boolean {
    return this.outcome.verdict === Verdict.deadline;
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
    return (this.candidates[attempt] as Candidate).target;
  }

  sourceOf(attempt: number): string {
    const { localAddress, source } = this.candidates[attempt] as Candidate;
    return withoutZone(localAddress || source) || this.rowOf(attempt).localAddress;
  }
}

/** How a race has ended. */
export interface RaceOutcome {
  readonly verdict: Verdict;
  /** The place of the attempt that has connected. */
  readonly winner: number;
  /** The connected socket's number, whoever reads this being its owner; -1 where there is none. */
  readonly socket: number;
  /** The place of the attempt that ended last. */
  readonly last: number;
  /** How many attempts there were. */
  readonly count: number;
  /** A line for each attempt. */
  readonly rows: string;
}

/** As it comes from the addon: outcome_of() in src-native/addon/race_binding.cc writes it. */
export function readOutcome(text: string): RaceOutcome {
  const end = text.indexOf('\n');
  const head = (end < 0 ? text : text.slice(0, end)).split(' ');
  return {
    verdict: Number(head[0]) as Verdict,
    winner: Number(head[1]),
    socket: Number(head[2]),
    last: Number(head[3]),
    count: Number(head[4]),
    rows: end < 0 ? '' : text.slice(end + 1),
  };
}

/**
 * One attempt as it comes from the addon, add_row() in src-native/addon/race_binding.cc: its outcome, libuv's error
 * number, then in microseconds from the start of the race its start, when TCP had connected (0 where it has not)
 * and its end, then its local port, and its local address, which is empty where it had none.
 */
export type RaceLine = string;

/** Nobody sees an attempt of a race that was aborted. */
const OUTCOMES: Readonly<Record<number, Outcome>> = {
  [AttemptOutcome.connected]: 'connected',
  [AttemptOutcome.failed]: 'failed',
  [AttemptOutcome.timedOut]: 'timeout',
  [AttemptOutcome.lost]: 'lost',
};

/** The attempt has not ended yet. */
export function isRunning(line: RaceLine): boolean {
  return Number(line[0]) === AttemptOutcome.running;
}

export function outcomeOf(line: RaceLine): Outcome {
  return OUTCOMES[Number(line[0])] ?? 'failed';
}

/**
 * @param startsAt when the race began, in ms from the call.
 * @param failure what failed after TCP had connected.
 */
export function readRow(
  line: RaceLine,
  { host, port, address }: Endpoint,
  startsAt: number,
  failure?: Error,
): Row {
  const [, errno, start, connected, end, localPort, localAddress = ''] = line.split(' ');
  const outcome = outcomeOf(line);
  const cause = outcome === 'failed' ? failure : undefined;
  return {
    host,
    port,
    address: plainAddress(address),
    localAddress,
    localPort: Number(localPort),
    outcome,
    code: cause ? codeOfError(cause) : codeOf(outcome, Number(errno)),
    cause,
    start: toMillis(Number(start), startsAt),
    connectedAt: connected === '0' ? undefined : toMillis(Number(connected), startsAt),
    end: toMillis(Number(end), startsAt),
  };
}

function codeOf(outcome: Outcome, errno: number): string | undefined {
  if (outcome === 'failed') return errorOfErrno(errno).code;
  return outcome === 'timeout' ? TIMED_OUT : undefined;
}

/** The clocks know no more than microseconds; what the sum shows beyond is noise. */
function toMillis(micros: number, startsAt: number): number {
  return Math.round(micros + startsAt * 1000) / 1000;
}

function codeOfError(error: NodeJS.ErrnoException): string {
  return error.code ?? error.name;
}

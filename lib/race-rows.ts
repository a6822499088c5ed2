// What the addon tells of a race and its attempts, read when somebody asks.

import type { Outcome, Row, RowStart } from './attempt';
import { plainAddress, type Endpoint } from './endpoints';
import { errorOfErrno, TIMED_OUT } from './system-errors';

/** How a race has ended. */
export interface RaceOutcome {
  /** Verdict in src-native/core/race.h. */
  readonly verdict: number;
  /** The place of the attempt that has connected. */
  readonly winner: number;
  /** The connected socket's number, whoever reads this being its owner; -1 where there is none. */
  readonly socket: number;
  /** A line for each attempt. */
  readonly rows: string;
}

/** As it comes from the addon: outcome_of() in src-native/addon/race_binding.cc writes it. */
export function readOutcome(text: string): RaceOutcome {
  const end = text.indexOf('\n');
  const [verdict, winner, socket] = (end < 0 ? text : text.slice(0, end)).split(' ');
  return {
    verdict: Number(verdict),
    winner: Number(winner),
    socket: Number(socket),
    rows: end < 0 ? '' : text.slice(end + 1),
  };
}

/** One attempt; times in ms from the start of the race, 0 for an end that has not come. */
export interface RaceRow {
  /** Outcome in src-native/core/race.h. */
  readonly outcome: number;
  /** libuv's number, 0 for none. */
  readonly errno: number;
  readonly start: number;
  readonly end: number;
  readonly localPort: number;
  /** '' where it had none. */
  readonly localAddress: string;
}

/** A row as it comes from the addon: add_row() in src-native/addon/race_binding.cc writes it. */
export function splitRow(line: string): RaceRow {
  const [outcome, errno, start, end, localPort, localAddress = ''] = line.split(' ');
  return {
    outcome: Number(outcome),
    errno: Number(errno),
    start: Number(start) / 1000,
    end: Number(end) / 1000,
    localPort: Number(localPort),
    localAddress,
  };
}

/** Outcome::kRunning in src-native/core/race.h. */
const RUNNING = 0;
/** The order is that of `Outcome` in src-native/core/race.h; nobody sees the first and the last. */
const OUTCOMES: readonly Outcome[] = ['failed', 'connected', 'failed', 'timeout', 'lost', 'failed'];

/** The attempt has not ended yet. */
export function isRunning({ outcome }: RaceRow): boolean {
  return outcome === RUNNING;
}

export function outcomeOf({ outcome }: RaceRow): Outcome {
  return OUTCOMES[outcome] as Outcome;
}

export function codeOf(row: RaceRow): string | undefined {
  const outcome = outcomeOf(row);
  if (outcome === 'failed') return errorOfErrno(row.errno).code;
  return outcome === 'timeout' ? TIMED_OUT : undefined;
}

/**
 * @param startsAt when the race began, in ms from the call.
 * @param failure what failed after TCP had connected.
 */
export function readRow(
  target: Endpoint,
  row: RaceRow,
  startsAt: number,
  failure: Error | undefined,
): Row {
  const outcome = outcomeOf(row);
  const cause = outcome === 'failed' ? failure : undefined;
  return {
    ...readStart(target, row, startsAt),
    outcome,
    code: cause ? codeOfError(cause) : codeOf(row),
    cause,
    end: toMicrosecond(startsAt + row.end),
  };
}

export function readStart(
  { host, port, address }: Endpoint,
  { localAddress, localPort, start }: RaceRow,
  startsAt: number,
): RowStart {
  return {
    host,
    port,
    address: plainAddress(address),
    localAddress,
    localPort,
    start: toMicrosecond(startsAt + start),
  };
}

/** The clocks know no more than microseconds; what the sum shows beyond is noise. */
function toMicrosecond(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function codeOfError(error: NodeJS.ErrnoException): string {
  return error.code ?? error.name;
}

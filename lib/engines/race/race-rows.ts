// What the addon tells of a race and its attempts, read when somebody asks.

import type { Outcome, Row } from '../../attempts/attempt';
import { plainAddress, type Endpoint } from '../../endpoints/endpoints';
import { errorOfErrno, TIMED_OUT } from '../../util/system-errors';

/** How a race has ended. */
export interface RaceOutcome {
  /** Verdict in src-native/core/race.h. */
  readonly verdict: number;
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
    verdict: Number(head[0]),
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

/** Outcome::kRunning in src-native/core/race.h. */
const RUNNING = '0';
/** The order is that of `Outcome` in src-native/core/race.h; nobody sees the first and the last. */
const OUTCOMES: readonly Outcome[] = ['failed', 'connected', 'failed', 'timeout', 'lost', 'failed'];

/** The attempt has not ended yet. */
export function isRunning(line: RaceLine): boolean {
  return line.startsWith(RUNNING);
}

export function outcomeOf(line: RaceLine): Outcome {
  return OUTCOMES[Number(line[0])] as Outcome;
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
    connected: connected === '0' ? undefined : toMillis(Number(connected), startsAt),
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

// What the addon tells of the attempts of a race, made into objects when somebody asks.

import type * as net from 'node:net';

import type { Attempt, AttemptStart, Outcome } from './attempt';
import { toSocketAddress, type Endpoint } from './endpoints';
import { errorOfErrno, TIMED_OUT } from './system-errors';

/** One attempt; times in ms from the start of the race, 0 for an end that has not come. */
export type RaceRow = readonly [
  outcome: number,
  errno: number,
  start: number,
  end: number,
  localPort: number,
  /** '' where it had none. */
  localAddress: string,
];

/** Rows as they come from the addon, one a line: add_row() in src-native/addon/race_binding.cc writes them. */
export function splitRows(text: string): RaceRow[] {
  return text === '' ? [] : text.split('\n').map(splitRow);
}

export function splitRow(line: string): RaceRow {
  const [outcome, errno, start, end, localPort, localAddress = ''] = line.split(' ');
  return [
    Number(outcome),
    Number(errno),
    Number(start) / 1000,
    Number(end) / 1000,
    Number(localPort),
    localAddress,
  ];
}

/** Outcome::kRunning in src-native/core/race.h. */
const RUNNING = 0;
/** The order is that of `Outcome` in src-native/core/race.h; nobody sees the first and the last. */
const OUTCOMES: readonly Outcome[] = ['failed', 'connected', 'failed', 'timeout', 'lost', 'failed'];

/** The attempt has not ended yet. */
export function isRunning([outcome]: RaceRow): boolean {
  return outcome === RUNNING;
}

export function outcomeOf([outcome]: RaceRow): Outcome {
  return OUTCOMES[outcome] as Outcome;
}

/**
 * @param startsAt when the race began, in ms from the call.
 * @param cause what failed after TCP had connected.
 */
export function readRow(
  target: Endpoint,
  row: RaceRow,
  startsAt: number,
  cause: Error | undefined,
): Attempt {
  const numbers = readNumbers(target, row, startsAt);
  const failed = cause !== undefined && numbers.outcome === 'failed';
  return {
    ...readStart(target, row, startsAt),
    ...numbers,
    ...(failed && { code: codeOf(cause), cause }),
  };
}

export function readStart(target: Endpoint, row: RaceRow, startsAt: number): AttemptStart {
  const { host, address, port } = target;
  return {
    host,
    port,
    remoteAddress: toSocketAddress(address, port),
    localAddress: localOf(row),
    start: toMicrosecond(startsAt + row[2]),
  };
}

/** A row without its addresses made into objects, which is what takes long. */
export function readNumbers(
  { port }: Endpoint,
  row: RaceRow,
  startsAt: number,
): Pick<Attempt, 'port' | 'outcome' | 'code' | 'start' | 'end'> {
  const [, errno, start, end] = row;
  const outcome = outcomeOf(row);
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

export function localOf([, , , , port, address]: RaceRow): net.SocketAddress | undefined {
  return toSocketAddress(address, port);
}

/** The clocks know no more than microseconds; what the sum shows beyond is noise. */
function toMicrosecond(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function codeOf(error: NodeJS.ErrnoException): string {
  return error.code ?? error.name;
}

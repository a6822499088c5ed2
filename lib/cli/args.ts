// The command line: what may be asked for, and what is said to somebody who asks for something else.

import { parseArgs } from 'node:util';

import type { ConnectOptions } from '../index';

/** What the command line asks for. */
export type Command = 'help' | 'version' | Run;

export interface Run {
  /** As they were written; connectByList() reads them. */
  readonly endpoints: readonly string[];
  readonly options: Pick<ConnectOptions, 'engine' | 'timeout' | 'attemptDelay' | 'tls'>;
  readonly json: boolean;
  /** The file that the picture goes to. */
  readonly svg: string | undefined;
}

/** The command line means nothing that we know. */
export class UsageError extends Error {}

/** Long enough for a slow host that answers at the third SYN, and not too long to wait for a dead one. */
const DEFAULT_TIMEOUT = 10_000;

export const USAGE = 'Usage: connect-by-list [options] HOST:PORT...';

export const HELP = `${USAGE}

Tries the endpoints as connectByList() does, the first to connect wins, and draws what was tried.
An IPv6 address stands in brackets: [2001:db8::1]:443.

  --timeout MS        the most that it may take, in ms (default ${DEFAULT_TIMEOUT})
  --engine NAME       race, or winsock on Windows (default: winsock where there is one)
  --attempt-delay MS  race: between two starts, at least 10, or Infinity for one by one
                      (default: as RFC 8305 has it, 250 before the second, then shorter)
  --tls               an endpoint has connected when its TLS handshake is done
  --json              print one JSON object instead of a picture
  --svg FILE          write the picture to FILE as well
  --help              print this
  --version           print the version

Exit code: 0 connected, 1 nothing connected, 2 nothing tried, or FILE not written.
`;

/** Throws a UsageError. */
export function readCommand(words: readonly string[]): Command {
  const { values, positionals: endpoints } = parse(words);
  if (values.help) return 'help';
  if (values.version) return 'version';
  if (endpoints.length === 0) throw new UsageError('Which endpoints? Name at least one HOST:PORT.');
  const { engine, tls = false, json = false, svg } = values;
  if (engine !== undefined && engine !== 'race' && engine !== 'winsock') {
    throw new UsageError(`--engine must be race or winsock, not "${engine}".`);
  }
  if (tls && engine === 'winsock') {
    throw new UsageError('--tls needs the engine race: winsock is done when TCP has connected.');
  }
  if (svg === '') throw new UsageError('--svg needs the name of a file.');
  const timeout = readMs('timeout', values.timeout, 'above 0', (ms) => ms > 0);
  const delay = values['attempt-delay'];
  const attemptDelay =
    delay === 'Infinity'
      ? Infinity
      : readMs('attempt-delay', delay, 'of at least 10, or Infinity', (ms) => ms >= 10);
  return {
    endpoints,
    options: {
      timeout: timeout ?? DEFAULT_TIMEOUT,
      ...(engine && { engine }),
      ...(attemptDelay !== undefined && { attemptDelay }),
      ...(tls && { tls: {} }),
    },
    json,
    svg,
  };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        timeout: { type: 'string' },
        engine: { type: 'string' },
        'attempt-delay': { type: 'string' },
        tls: { type: 'boolean' },
        json: { type: 'boolean' },
        svg: { type: 'string' },
        help: { type: 'boolean' },
        version: { type: 'boolean' },
      },
    });
  } catch (error) {
    // parseArgs throws for nothing but words that it cannot place, and says which.
    throw new UsageError((error as Error).message);
  }
}

function readMs(
  name: string,
  text: string | undefined,
  range: string,
  isInRange: (ms: number) => boolean,
): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  // NaN is in no range, and neither is what overflows to Infinity.
  if (Number.isFinite(ms) && isInRange(ms)) return ms;
  throw new UsageError(`--${name} must be a number of ms ${range}, not "${text}".`);
}

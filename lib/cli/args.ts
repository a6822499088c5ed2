// The command line: what may be asked for, and what is said to somebody who asks for something else.

import { parseArgs } from 'node:util';

import type { ConnectOptions } from '../index';
import { OPTIONS } from '../options/options';
import { ALL, FLAGS } from './help';

/** What the command line asks for. */
export type Command = 'help' | 'version' | Run;

export interface Run {
  /** As they were written; targets.ts reads them. */
  readonly words: readonly string[];
  /** A file with more of them; '-' for the standard input. */
  readonly file: string | undefined;
  readonly options: ConnectOptions;
  readonly json: boolean;
  /** The file that the picture goes to; '-' for the standard output, in place of the text. */
  readonly svg: string | undefined;
  readonly isQuiet: boolean;
  readonly isInsecure: boolean;
  /** Each endpoint is asked, this often, this many ms apart; undefined where the first to connect decides. */
  readonly every: { readonly count: number; readonly interval: number } | undefined;
  /** How long to wait for an answer, in ms; undefined where one try is all. */
  readonly wait: number | undefined;
  /** What is run when there is one. */
  readonly program: readonly string[];
}

/** The command line is invalid. */
export class UsageError extends Error {}

/** In ms. Long enough for a slow host that answers at the third SYN, and not too long to wait for a dead one. */
const DEFAULT_TIMEOUT = 10_000;

/** Throws a UsageError. */
export function readCommand(given: readonly string[]): Command {
  const { values, words, program } = parse(given);
  if (values.has('help')) return 'help';
  if (values.has('version')) return 'version';
  const file = values.get('file');
  if (words.length === 0 && file === undefined) {
    throw new UsageError('No endpoint is given: name at least one HOST:PORT.');
  }
  // It draws the race, on every platform.
  const options: Record<string, unknown> = { timeout: DEFAULT_TIMEOUT, engine: 'race' };
  let needsRace: string | undefined;
  for (const flag of FLAGS) {
    const value = values.get(flag.name);
    if (value === undefined) continue;
    options[flag.option] = readFlag(flag, value);
    if (OPTIONS[flag.option].raceOnly) needsRace ??= flag.name;
  }
  if (needsRace !== undefined && options.engine === 'winsock') {
    throw new UsageError(`--${needsRace} needs the engine race: leave --engine out.`);
  }
  const isInsecure = values.has('insecure');
  if (isInsecure && !values.has('tls')) throw new UsageError('--insecure needs --tls.');
  if (isInsecure) options.tls = { rejectUnauthorized: false };
  const [four, six] = [values.has('ipv4'), values.has('ipv6')];
  if (four !== six) options.family = four ? 4 : 6;
  const wait = values.get('wait');
  if (program.length > 0 && wait === undefined) {
    throw new UsageError('A command after -- needs --wait.');
  }
  return {
    words,
    file,
    options,
    json: values.has('json'),
    svg: values.get('svg'),
    isQuiet: values.has('quiet'),
    isInsecure,
    every: readEvery(values),
    wait: wait === undefined ? undefined : readDuration('wait', wait || 'Infinity'),
    program,
  };
}

function readEvery(values: ReadonlyMap<string, string>): Run['every'] {
  const isAsked = values.has('all');
  for (const name of ['count', 'interval']) {
    if (values.has(name) && !isAsked) throw new UsageError(`--${name} needs --all.`);
  }
  if (!isAsked) return undefined;
  if (values.has('svg')) throw new UsageError('--svg draws a race: leave --all out.');
  const text = values.get('count') ?? '1';
  const count = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 0;
  if (count === 0) throw new UsageError(`--count must be a number from 1 on, not "${text}".`);
  return { count, interval: readDuration('interval', values.get('interval') ?? '1s') };
}

function readDuration(name: string, text: string): number {
  const ms = readMs(text, true);
  if (ms > 0) return ms;
  throw new UsageError(`--${name} must be a duration above 0, such as 500ms or 5s, not "${text}".`);
}

/** A flag without an argument sets its option to an empty object, such as `tls`. */
function readFlag(
  { name, option, argument, expected }: (typeof FLAGS)[number],
  text: string,
): unknown {
  if (argument === undefined) return {};
  // --timeout does not take Infinity.
  const read = argument === 'NAME' ? text : readMs(text, option !== 'timeout');
  try {
    OPTIONS[option].check(read, name);
    return read;
  } catch {
    throw new UsageError(`--${name} must be ${expected}, not "${text}".`);
  }
}

interface Parsed {
  /** The flags that are set, by their names, with what follows them. */
  readonly values: Map<string, string>;
  readonly words: string[];
  /** What follows `--`. */
  readonly program: readonly string[];
}

function parse(given: readonly string[]): Parsed {
  const end = given.indexOf('--');
  const program = end < 0 ? [] : given.slice(end + 1);
  const { tokens } = parseArgs({
    args: end < 0 ? [...given] : given.slice(0, end),
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(
      ALL.map(({ name, short, argument }) => [
        name,
        {
          type: argument === undefined ? ('boolean' as const) : ('string' as const),
          ...(short && { short }),
        },
      ]),
    ),
  });
  const values = new Map<string, string>();
  const words: string[] = [];
  let isAfterWait = false;
  for (const token of tokens) {
    const mayBeLimit = isAfterWait;
    isAfterWait = false;
    if (token.kind === 'positional') {
      // What follows --wait is its limit, where it reads like one.
      if (mayBeLimit && DURATION.test(token.value)) values.set('wait', token.value);
      else words.push(token.value);
    }
    if (token.kind !== 'option') continue;
    const { name, rawName, value = '' } = token;
    const flag = ALL.find((one) => one.name === name);
    if (!flag) throw new UsageError(`${rawName} is not an option.`);
    if (flag.argument !== undefined && value === '') {
      throw new UsageError(`--${name} needs a ${flag.argument}.`);
    }
    isAfterWait = name === 'wait' && value === '';
    if (flag.argument === undefined && value !== '' && name !== 'wait') {
      throw new UsageError(`--${name} takes no value, but got "${value}".`);
    }
    values.set(name, value);
  }
  return { values, words, program };
}

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m)?$/;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/** NaN, which no range allows, for a text that is not a finite duration. */
function readMs(text: string, mayBeInfinite: boolean): number {
  if (mayBeInfinite && text === 'Infinity') return Infinity;
  const [, digits, unit = 'ms'] = DURATION.exec(text) ?? [];
  const ms = Number(digits) * (UNITS[unit] as number);
  return Number.isFinite(ms) ? ms : NaN;
}

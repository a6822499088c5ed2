// The command line: what may be asked for, and what is said to somebody who asks for something else.

import { parseArgs } from 'node:util';

import type { ConnectOptions } from '../index';
import { OPTIONS, optionsWith, type Flag } from '../options/options';

/** What the command line asks for. */
export type Command = 'help' | 'version' | Run;

export interface Run {
  /** As they were written; connectByList() reads them. */
  readonly endpoints: readonly string[];
  readonly options: ConnectOptions;
  readonly json: boolean;
  /** The file that the picture goes to. */
  readonly svg: string | undefined;
}

/** The command line is invalid. */
export class UsageError extends Error {}

/** In ms. Long enough for a slow host that answers at the third SYN, and not too long to wait for a dead one. */
const DEFAULT_TIMEOUT = 10_000;

export const USAGE = 'Usage: connect-by-list [options] HOST:PORT...';

/** What the table of options has for the command line, in its order. */
const FLAGS = optionsWith('flag').map((option) => {
  const name = option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return { option, name, ...(OPTIONS[option].flag as Flag) };
});

/** What only the command has. */
const OWN_FLAGS: readonly (Omit<Flag, 'argument'> & { name: string; argument?: string })[] = [
  { name: 'json', help: ['print one JSON object instead of a picture'] },
  { name: 'svg', argument: 'FILE', help: ['write the picture to FILE as well'] },
  { name: 'help', help: ['print this'] },
  { name: 'version', help: ['print the version'] },
];

const WIDTH = 20;

function lineOf({ name, argument, help }: (typeof OWN_FLAGS)[number]): string {
  const flag = `--${name}${argument ? ` ${argument}` : ''}`;
  return help
    .map((line, index) => `  ${(index === 0 ? flag : '').padEnd(WIDTH)}${line}`)
    .join('\n');
}

export const HELP = `${USAGE}
       connect-by-list build

Connects to all of them as connectByList() does, the first to connect wins, and
draws what was tried. An IPv6 address stands in brackets: [2001:db8::1]:443.
"build" builds the addon, for a platform that has no binary.

${[...FLAGS, ...OWN_FLAGS].map(lineOf).join('\n')}

Exit code: 0 connected, 1 nothing connected, 2 nothing tried, or FILE not written.
`;

/** Throws a UsageError. */
export function readCommand(words: readonly string[]): Command {
  const { values, positionals: endpoints } = parse(words);
  if (values.help === true) return 'help';
  if (values.version === true) return 'version';
  if (endpoints.length === 0)
    throw new UsageError('No endpoint is given: name at least one HOST:PORT.');
  const { json = false, svg } = values;
  if (svg === '') throw new UsageError('--svg needs the name of a file.');
  // It draws the race, on every platform.
  const options: Record<string, unknown> = { timeout: DEFAULT_TIMEOUT, engine: 'race' };
  let needsRace: string | undefined;
  for (const flag of FLAGS) {
    const value = values[flag.name];
    if (value === undefined) continue;
    options[flag.option] = readFlag(flag, value);
    if (OPTIONS[flag.option].raceOnly) needsRace ??= flag.name;
  }
  if (needsRace !== undefined && options.engine === 'winsock') {
    throw new UsageError(`--${needsRace} needs the engine race: leave --engine out.`);
  }
  return { endpoints, options, json: json === true, svg: svg as string | undefined };
}

/** A flag without an argument sets its option to an empty object, such as `tls`. */
function readFlag(
  { name, option, argument, expected }: (typeof FLAGS)[number],
  value: unknown,
): unknown {
  if (argument === undefined) return {};
  const text = String(value);
  // --timeout does not take Infinity.
  const read = argument === 'NAME' ? text : readMs(text, option !== 'timeout');
  try {
    OPTIONS[option].check(read, name);
    return read;
  } catch {
    throw new UsageError(`--${name} must be ${expected}, not "${text}".`);
  }
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: Object.fromEntries(
        [...FLAGS, ...OWN_FLAGS].map(({ name, argument }) => [
          name,
          { type: argument === undefined ? ('boolean' as const) : ('string' as const) },
        ]),
      ),
    });
  } catch (error) {
    // parseArgs throws for nothing but words that it cannot place, and says which.
    throw new UsageError((error as Error).message);
  }
}

/** NaN, which no range allows, for a text that is not a finite number of ms. */
function readMs(text: string, mayBeInfinite: boolean): number {
  if (mayBeInfinite && text === 'Infinity') return Infinity;
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  return Number.isFinite(ms) ? ms : NaN;
}

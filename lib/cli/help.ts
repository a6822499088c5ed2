// The flags of the command, and the text of --help.

import { OPTIONS, optionsWith, type Flag } from '../options/options';

export const USAGE = 'Usage: connect-by-list [options] HOST:PORT...';

/** What the table of options has for the command line, in its order. */
export const FLAGS = optionsWith('flag').map((option) => {
  const name = option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return { option, name, ...(OPTIONS[option].flag as Flag) };
});

interface OwnFlag {
  readonly name: string;
  readonly short?: string;
  readonly argument?: string;
  /** What the help shows, where one line tells of several flags; the others have no help of their own. */
  readonly label?: string;
  readonly help: readonly string[];
}

/** What only the command has. */
const OWN_FLAGS: readonly OwnFlag[] = [
  { name: 'all', help: ['the state of each endpoint; 0 if all answer'] },
  {
    name: 'count',
    argument: 'N',
    label: '--count N, --interval DURATION',
    help: ['--all so often, so far apart (1s)'],
  },
  { name: 'interval', argument: 'DURATION', help: [] },
  {
    name: 'wait',
    label: '--wait [DURATION]',
    help: ['try until one answers; then run what follows "--"'],
  },
  { name: 'insecure', help: ['with --tls: any certificate will do'] },
  { name: 'ipv4', short: '4', label: '-4, -6', help: ['only IPv4, or IPv6, addresses of names'] },
  { name: 'ipv6', short: '6', help: [] },
  { name: 'file', argument: 'FILE', help: ['more endpoints, one a line; # begins a comment'] },
  { name: 'json', help: ['print one JSON object instead of a picture'] },
  { name: 'svg', argument: 'FILE', help: ['write the picture to FILE as well; "-": only that'] },
  { name: 'quiet', short: 'q', help: ['print nothing'] },
  {
    name: 'help',
    short: 'h',
    label: '-h, --help, -v, --version',
    help: ['print this, or the version'],
  },
  { name: 'version', short: 'v', help: [] },
];
export const ALL: readonly OwnFlag[] = [...FLAGS, ...OWN_FLAGS];

const WIDTH = 27;

function linesOf({ name, short, argument, label, help }: OwnFlag): string[] {
  const flag = `${short ? `-${short}, ` : ''}--${name}${argument ? ` ${argument}` : ''}`;
  // A flag that is longer than its column is followed by its help all the same.
  return help.map((line, index) => {
    const first = index === 0 ? (label ?? flag) : '';
    return `  ${`${first} `.padEnd(WIDTH)}${line}`;
  });
}

export const HELP = `${USAGE}
       connect-by-list build

Connects to all of them, the first to connect wins, and draws what was tried.
Also host:service, [2001:db8::1]:443, a:1,b:2, srv:_name._tcp.example, and "-"
for what the standard input has. "build" builds the addon where there is none.

${ALL.flatMap(linesOf).join('\n')}
DURATION: 500ms, 5s, 2m, or 2000 (ms).
Exit code: 0 connected, 1 nothing connected, 2 a mistake, or output not written.
`;

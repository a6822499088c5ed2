// A network of the test's own, in which nothing can be reached but what the test makes there. It takes unshare
// (util-linux), ip (iproute2), and a kernel that lets us make namespaces; where one of them is missing, what needs
// it is skipped, and one line says why.

import { spawnSync } from 'node:child_process';

import { run, type Ended } from './child';

const UNSHARE = ['--map-root-user', '--user', '--net', '--mount'];

/** Runs the shell commands, and then the program in Node, in a network and a tree of mounts of their own. */
export function runAlone(commands: string, program: string): Promise<Ended> {
  const script = `set -e\n${commands}\nexport sleep\n"$0" -e "$1"`;
  return run('unshare', [...UNSHARE, 'sh', '-c', script, process.execPath, program]);
}

/** Why there can be none here; undefined where there can. */
function obstacle(): string | undefined {
  if (process.platform !== 'linux') return 'it needs Linux';
  const { error, status, stderr } = spawnSync(
    'unshare',
    [...UNSHARE, 'sh', '-c', 'ip link set lo up'],
    { encoding: 'utf8' },
  );
  if (error) return 'it needs unshare (util-linux)';
  return status === 0 ? undefined : `it needs namespaces and ip (iproute2): ${stderr.trim()}`;
}

const why = obstacle();
if (why !== undefined && process.platform === 'linux') {
  process.stderr.write(`skipped, what runs in a network of its own: ${why}\n`);
}

export const describeOwnNetwork = why === undefined ? describe : describe.skip;

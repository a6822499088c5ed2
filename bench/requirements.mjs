// What a run needs, and what to install where it is missing. Nothing is installed from here.

import { execFileSync } from 'node:child_process';

/** Debian's packages, by what they are needed for. */
const NEEDED = {
  curl: ['curl', '--version'],
  'g++': ['g++', '--version'],
  gcc: ['gcc', '--version'],
  'golang-go': ['go', 'version'],
  iproute2: ['ip', '-Version'],
  nftables: ['nft', '--version'],
  python3: ['/usr/bin/python3', '--version'],
  'python3-trio': ['/usr/bin/python3', '-c', 'import trio; print("trio " + trio.__version__)'],
  'util-linux': ['unshare', '--version'],
};

/** The first lines of what they say of their versions, by package. Throws when anything is missing. */
export function requireAll() {
  if (process.platform !== 'linux')
    throw new Error('The benchmark makes network namespaces: it needs Linux');
  if (process.getuid?.() !== 0)
    throw new Error('The benchmark makes network namespaces: run it as root');
  const versions = {};
  const missing = [];
  for (const [name, [command, ...args]] of Object.entries(NEEDED)) {
    try {
      const said = execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' });
      // curl names every library of its own in that line.
      versions[name] = said.split('\n')[0].replace(/ libcurl.*/, '');
    } catch {
      missing.push(name);
    }
  }
  if (missing.length > 0) {
    throw new Error(
      `The benchmark needs more than there is. On Debian and Ubuntu: apt-get install --no-install-recommends ${missing.join(' ')}`,
    );
  }
  return versions;
}

// What the prebuilt binaries are made with and tested on, from npm, pinned by tools/package-lock.json and
// kept in a cache folder outside the repository. The folder's name has a hash of the lock file in it, so
// that a change makes a new one and an unchanged one is found again at once.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('tools/', import.meta.url));
const FILES = ['package.json', 'package-lock.json'];

/** The folder with the tools, each under its name in tools/package.json. Installs them where they are missing. */
export function tools() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('The prebuilt binaries are made on x86-64 Linux: zig is pinned for that only.');
  }
  // Some are for arm64.
  return pinned(HERE, 'packaging-tools', 'zig and the versions of Node', ['--force']);
}

/**
 * node_modules of what the lock file in a folder pins, in the cache folder; installs it where it is missing. The name there
 * has a hash of the lock file in it.
 */
export function pinned(here, name, what, options = []) {
  const folder = path.join(cache(), `${name}-${hash(here)}`);
  if (!fs.existsSync(folder)) install(here, folder, what, options);
  return path.join(folder, 'node_modules');
}

function cache() {
  const { CONNECT_BY_LIST_CACHE, XDG_CACHE_HOME } = process.env;
  if (CONNECT_BY_LIST_CACHE) return path.resolve(CONNECT_BY_LIST_CACHE);
  return path.join(XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'connect-by-list');
}

function hash(here) {
  const sum = createHash('sha256');
  for (const file of FILES) sum.update(fs.readFileSync(path.join(here, file)));
  return sum.digest('hex').slice(0, 12);
}

function install(here, folder, what, more) {
  console.error(`packaging: installing ${what}`);
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  const building = fs.mkdtempSync(`${folder}.`);
  for (const file of FILES) fs.copyFileSync(path.join(here, file), path.join(building, file));
  // Each Node wants to be "node" in .bin.
  const options = [...more, '--ignore-scripts', '--no-bin-links', '--no-audit', '--no-fund'];
  execFileSync('npm', ['ci', ...options], {
    cwd: building,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    fs.renameSync(building, folder);
  } catch (error) {
    // Another run was quicker, and what it has installed is the same.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    fs.rmSync(building, { recursive: true });
  }
}

// prebuilds/manifest.json: for each binary a hash of the sources that it was made from, its own hash, and
// who made it.

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const PREBUILDS = path.join(ROOT, 'prebuilds');
const MANIFEST = path.join(PREBUILDS, 'manifest.json');
/** What goes into a binary beside our own sources, by lock file. */
const PINNED = [
  [
    'package-lock.json',
    ['node-addon-api', 'node-api-headers', 'node-gyp', 'cmake-js', 'prebuildify'],
  ],
  ['packaging/tools/package-lock.json', ['zig', 'node-20-x64']],
];

export function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

/** One hash over the names and the bytes of all that `target` is made from. */
export function hashOfSources(target) {
  const lines = [];
  for (const file of target.sources.flatMap(filesIn).sort()) {
    if (file.startsWith(`${target.except}/`)) continue;
    lines.push(`${file} ${sha256(fs.readFileSync(path.join(ROOT, file)))}`);
  }
  for (const [lock, names] of PINNED) {
    const { packages } = JSON.parse(fs.readFileSync(path.join(ROOT, lock), 'utf8'));
    for (const name of names) lines.push(`${name} ${packages[`node_modules/${name}`].integrity}`);
  }
  return sha256(lines.join('\n'));
}

function filesIn(name) {
  const full = path.join(ROOT, name);
  if (!fs.statSync(full).isDirectory()) return [name];
  return fs.readdirSync(full).flatMap((child) => filesIn(`${name}/${child}`));
}

export function readManifest() {
  if (!fs.existsSync(MANIFEST)) return {};
  return JSON.parse(fs.readFileSync(MANIFEST, 'utf8'));
}

export function writeManifest(binaries) {
  fs.writeFileSync(MANIFEST, `${JSON.stringify(binaries, null, 2)}\n`);
}

/** Whether the binary in prebuilds/ is there and was made from the sources as they are. */
export function isCurrent(target) {
  return (
    readManifest()[target.file]?.sources === hashOfSources(target) &&
    fs.existsSync(path.join(PREBUILDS, target.file))
  );
}

// prebuilds/manifest.json: for each binary a hash of the sources that it was made from, its own hash, and
// who made it. Sources are hashed as the compiler sees them: a comment that changes makes no binary stale.

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

/** One hash over the names and the text of all that `target` is made from. */
export function hashOfSources(target) {
  const lines = [];
  for (const file of target.sources.flatMap(filesIn).sort()) {
    if (file.startsWith(`${target.except}/`)) continue;
    const text = fs.readFileSync(path.join(ROOT, file), 'utf8');
    lines.push(`${file} ${sha256(/\.(cc|h)$/.test(file) ? withoutComments(text) : text)}`);
  }
  for (const [lock, names] of PINNED) {
    const { packages } = JSON.parse(fs.readFileSync(path.join(ROOT, lock), 'utf8'));
    for (const name of names) lines.push(`${name} ${packages[`node_modules/${name}`].integrity}`);
  }
  return sha256(lines.join('\n'));
}

/** A string, a character, a raw string of C++14, or a comment. A number's digits may have a ' between them. */
const TOKENS =
  /R"([^()\\\s]{0,16})\([^]*?\)\1"|"(?:\\[^]|[^"\\\n])*"|(?<![0-9A-Fa-f])'(?:\\[^]|[^'\\\n])*'|\/\/(?:\\\r?\n|[^\n])*|\/\*[^]*?\*\//g;

/**
 * C++ without its comments, and without the white space that they leave: a line of its own goes with its comment. Lines
 * stay lines, since a directive ends with its own.
 */
export function withoutComments(source) {
  return source
    .replace(TOKENS, (token) => (/^\/[/*]/.test(token) ? ' ' : token))
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n');
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

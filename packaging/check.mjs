// npm run prebuilds:check: fails when a binary in prebuilds/ is missing, was made from other sources than
// those that are here, is not the one in the manifest, or is not what a binary must be; and when there is
// one that nobody knows.

import fs from 'node:fs';
import path from 'node:path';

import { faults } from './inspect.mjs';
import { hashOfSources, PREBUILDS, readManifest, sha256 } from './manifest.mjs';
import { TARGETS } from './targets.mjs';

const manifest = readManifest();
const found = [];
for (const target of TARGETS) {
  const file = path.join(PREBUILDS, target.file);
  const { sources, sha256: hash } = manifest[target.file] ?? {};
  if (!fs.existsSync(file)) {
    found.push(`${target.file} is missing`);
    continue;
  }
  if (sources !== hashOfSources(target)) found.push(`${target.file} was made from other sources`);
  if (hash !== sha256(fs.readFileSync(file))) found.push(`${target.file} is not the manifest's`);
  found.push(...faults(target, file).map((fault) => `${target.file} ${fault}`));
}

const known = new Set(TARGETS.map(({ file }) => file));
const here = fs.existsSync(PREBUILDS)
  ? fs.readdirSync(PREBUILDS, { recursive: true }).filter((name) => name.endsWith('.node'))
  : [];
for (const name of new Set([...here, ...Object.keys(manifest)])) {
  if (!known.has(name)) found.push(`${name} is no target of packaging/targets.mjs`);
}

for (const fault of found) console.error(`prebuilds: ${fault}`);
if (found.length > 0) {
  console.error('prebuilds: "npm run prebuilds" makes them anew');
  process.exitCode = 1;
} else {
  console.log(`prebuilds: ${TARGETS.length} binaries are current`);
}

// npm run prebuilds: makes every binary in prebuilds/ anew, and the manifest. Nothing there is touched
// before all have been made and found good.

import fs from 'node:fs';
import path from 'node:path';

import { build, compiler, newScratch } from './build.mjs';
import { faults } from './inspect.mjs';
import { hashOfSources, PREBUILDS, sha256, writeManifest } from './manifest.mjs';
import { TARGETS } from './targets.mjs';

const out = newScratch('out');
const made = TARGETS.map((target) => {
  const file = build(target, out);
  const found = faults(target, file);
  if (found.length > 0) throw new Error(`${target.file} ${found.join('; ')}`);
  const bytes = fs.readFileSync(file);
  console.log(`${target.file}: ${bytes.length} bytes, ${compiler(target)}`);
  const entry = {
    sources: hashOfSources(target),
    sha256: sha256(bytes),
    compiler: compiler(target),
  };
  return { target, bytes, entry };
});

for (const { target, bytes } of made) {
  const file = path.join(PREBUILDS, target.file);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, bytes);
}
writeManifest(Object.fromEntries(made.map(({ target, entry }) => [target.file, entry])));

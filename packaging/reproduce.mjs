// npm run prebuilds:reproduce: makes every binary once more, in a scratch folder, and fails unless each has
// the very bytes of the one in prebuilds/.

import fs from 'node:fs';
import path from 'node:path';

import { build, compiler, newScratch } from './build.mjs';
import { PREBUILDS, readManifest } from './manifest.mjs';
import { TARGETS } from './targets.mjs';

const manifest = readManifest();
const out = newScratch('again');
let differ = 0;
for (const target of TARGETS) {
  const again = fs.readFileSync(build(target, out));
  const file = path.join(PREBUILDS, target.file);
  if (fs.existsSync(file) && again.equals(fs.readFileSync(file))) {
    console.log(`${target.file}: the same ${again.length} bytes`);
    continue;
  }
  differ++;
  console.error(`${target.file}: other bytes`);
  console.error(`  in prebuilds/ made by ${manifest[target.file]?.compiler}`);
  console.error(`  here made by          ${compiler(target)}`);
}
console.log(`prebuilds: ${TARGETS.length - differ} of ${TARGETS.length} reproduced`);
process.exitCode = differ > 0 ? 1 : 0;

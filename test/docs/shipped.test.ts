// What bundlers are told of is what is shipped.

import * as fs from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '../..');
const read = (file: string): string => fs.readFileSync(path.join(ROOT, file), 'utf8');

test('lib/native/shipped.ts requires every binary of prebuilds/', () => {
  const required = [...read('lib/native/shipped.ts').matchAll(/'\.\.\/\.\.\/prebuilds\/([^']+)'/g)];
  const shipped = Object.keys(JSON.parse(read('prebuilds/manifest.json')) as object);
  expect(required.map(([, file]) => file).sort()).toEqual(shipped.sort());
});

// Puts node-addon-api's headers into dist/, for the package that is packed: its users build with them, if they have to, and
// need no further package for it.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const from = path.dirname(require.resolve('node-addon-api/package.json'));
const to = fileURLToPath(new URL('../dist/node-addon-api/', import.meta.url));
fs.mkdirSync(to, { recursive: true });
for (const name of fs.readdirSync(from)) {
  if (/^napi.*\.h$|^LICENSE/.test(name))
    fs.copyFileSync(path.join(from, name), path.join(to, name));
}

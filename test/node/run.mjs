// npm run test:node -- FOLDER: Node's own tests of what uses client sockets, each run unchanged by the same Node without
// and with connect-by-list/register. What passes without and fails with it is a difference.
//
// FOLDER is the folder `test` of a checkout of Node, at the tag of the Node that runs this:
//
//   git clone --depth 1 --branch v24.21.0 https://github.com/nodejs/node /tmp/node
//   npm run test:node -- /tmp/node/test            net, http, https, tls
//   npm run test:node -- /tmp/node/test test-net-  those whose name begins so

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const REGISTER = fileURLToPath(new URL('../../dist/register.js', import.meta.url));
const LIMIT_MS = 60_000;
/** What uses sockets of clients, unless other names are asked for. */
const DEFAULT_NAMES = ['test-net-', 'test-http-', 'test-https-', 'test-tls-'];

const [folder, ...asked] = process.argv.slice(2);
if (!folder || !fs.existsSync(path.join(folder, 'parallel'))) {
  throw new Error('Which folder? Name the folder "test" of a checkout of Node.');
}
const starts = asked.length > 0 ? asked : DEFAULT_NAMES;
const files = fs
  .readdirSync(path.join(folder, 'parallel'))
  .filter((name) => /\.m?js$/.test(name) && starts.some((start) => name.startsWith(start)))
  .sort();

const counts = { same: 0, failing: 0, different: 0 };
const different = [];
const queue = [...files];
await Promise.all(Array.from({ length: os.availableParallelism() }, work));
for (const { name, output } of different.sort((a, b) => (a.name < b.name ? -1 : 1))) {
  console.log(`\n${name} passes without register, and not with it:\n${output}`);
}
console.log(
  `\nnode ${process.version}: ${counts.same} pass both ways, ${counts.failing} fail without it, ` +
    `${counts.different} differ, of ${files.length}`,
);
if (counts.same === 0 || counts.different > 0) process.exitCode = 1;

async function work() {
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const without = await run(name, []);
    if (without.code !== 0) {
      counts.failing++;
      continue;
    }
    // One that fails once by chance is no difference.
    let result = await run(name, ['--require', REGISTER]);
    if (result.code !== 0) result = await run(name, ['--require', REGISTER]);
    if (result.code === 0) counts.same++;
    else {
      counts.different++;
      different.push({ name, output: result.output });
    }
  }
}

/** As Node's own runner does it, with the flags that a test names. */
async function run(name, nodeArguments) {
  const file = path.join(folder, 'parallel', name);
  const [, flags = ''] = /^\/\/ Flags:(.*)$/m.exec(fs.readFileSync(file, 'utf8')) ?? [];
  const child = spawn(
    process.execPath,
    [...flags.trim().split(/\s+/).filter(Boolean), ...nodeArguments, file],
    {
      cwd: folder,
      // A temporary folder for each.
      env: { ...process.env, TEST_THREAD_ID: String(process.pid), NODE_TEST_DIR: os.tmpdir() },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => (output = `${output}${chunk}`.slice(-2_000)));
  }
  const [code] = await once(child, 'close');
  return { code, output };
}

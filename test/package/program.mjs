// What the packed package has to do on every Node that it is installed for: it is copied into the folder of
// an app of its own, with the demo's endpoints beside it, and prints one line of JSON when all is well.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';

import { connectByList, ConnectError } from 'connect-by-list';

import { startEndpoints } from './endpoints.mjs';

const require = createRequire(import.meta.url);
const folder = path.dirname(require.resolve('connect-by-list/package.json'));
const binary = createRequire(path.join(folder, 'package.json'))('node-gyp-build').resolve(folder);

const [refusing, silent, healthy, ...others] = await startEndpoints();

const first = await connectByList([refusing, silent, healthy], { timeout: 10_000 });
const engines = new Set([first.engine, 'race']);
first.socket.destroy();

for (const engine of engines) {
  const { socket, remoteAddress } = await connectByList([refusing, healthy], { engine });
  assert.equal(remoteAddress.port, healthy.port);
  socket.setEncoding('utf8').end('hello');
  let answer = '';
  for await (const text of socket) answer += text;
  assert.match(answer, /^"hello" received/);

  await assert.rejects(connectByList([refusing], { engine }), (error) => {
    assert(error instanceof ConnectError);
    assert.equal(error.code, 'ECONNREFUSED');
    return true;
  });

  const controller = new AbortController();
  const hung = connectByList([silent], { engine, signal: controller.signal });
  setTimeout(() => controller.abort(), 100);
  await assert.rejects(hung, { name: 'AbortError' });
}
await assert.rejects(connectByList([silent], { engine: 'race', timeout: 100 }), {
  code: 'ETIMEDOUT',
});

for (const { close } of [refusing, silent, healthy, ...others]) close();
console.log(
  JSON.stringify({
    platform: process.platform,
    arch: process.arch,
    version: process.version,
    binary: path.relative(folder, binary).replaceAll('\\', '/'),
    engines: [...engines],
  }),
);

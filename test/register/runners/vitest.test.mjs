// connect-by-list/register within vitest: a worker thread, and fake timers.

import { once } from 'node:events';
import net from 'node:net';

import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';

import { ownPort } from '../../../build-test/support/ports.js';
import { register, unregister } from '../../../dist/register.mjs';

const ADDRESSES = [
  { address: '::1', family: 6 },
  { address: '127.0.0.1', family: 4 },
];

let server;
beforeAll(async () => {
  server = net.createServer((socket) => socket.on('error', () => undefined).write('hello'));
  server.listen(await ownPort(), '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.close();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A name with two addresses, of which the first refuses. */
async function connected() {
  const lookup = (_, options, found) =>
    options.all ? found(null, ADDRESSES) : found(null, '::1', 6);
  const socket = net.connect({ host: 'a.test', port: server.address().port, lookup });
  const [chunk] = await once(socket, 'data');
  socket.destroy();
  return String(chunk);
}

test.each([
  ['all that it replaces by itself', undefined],
  ['setImmediate and setTimeout', { toFake: ['setImmediate', 'setTimeout'] }],
  ['the clocks', { toFake: ['performance', 'Date'] }],
])('fake timers: %s', async (_, kind) => {
  register();
  vi.useFakeTimers(kind);
  expect(await connected()).toBe('hello');
  expect(unregister()).toBe(true);
});

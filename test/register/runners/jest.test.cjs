// connect-by-list/register within jest: fake timers, and modules that are loaded anew.

const { once } = require('node:events');
const net = require('node:net');

const { ownPort } = require('../../../build-test/support/ports.js');

const REGISTER = '../../../dist/register.js';
const ADDRESSES = [
  { address: '::1', family: 6 },
  { address: '127.0.0.1', family: 4 },
];
const ofNode = net.Socket.prototype.connect;
const { setTimeout: realTimeout } = globalThis;

let server;
let connections = 0;
beforeAll(async () => {
  server = net.createServer((socket) => {
    connections++;
    socket.on('error', () => undefined).write('hello');
  });
  server.listen(await ownPort(), '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());
beforeEach(() => {
  jest.resetModules();
  connections = 0;
});
afterEach(() => {
  jest.useRealTimers();
  expect(net.Socket.prototype.connect).toBe(ofNode);
});

/** A name with two addresses, of which the first refuses. */
async function connected() {
  const lookup = (_, options, found) =>
    options.all ? found(null, ADDRESSES) : found(null, '::1', 6);
  const socket = net.connect({ host: 'a.test', port: server.address().port, lookup });
  const stuck = new Promise((resolve) => realTimeout(resolve, 10_000).unref());
  const [chunk] = await Promise.race([once(socket, 'data'), stuck.then(() => ['stuck'])]);
  socket.destroy();
  return String(chunk);
}

const KINDS = [{}, { doNotFake: ['nextTick'] }, { legacyFakeTimers: true }];

test.each(KINDS)('fake timers %j after it', async (kind) => {
  const { unregister } = require(REGISTER);
  jest.useFakeTimers(kind);
  expect(await connected()).toBe('hello');
  expect(unregister()).toBe(true);
});

// The legacy ones replace the functions of Node's own module as well.
test.each(KINDS.slice(0, 2))('fake timers %j before it', async (kind) => {
  jest.useFakeTimers(kind);
  const { unregister } = require(REGISTER);
  expect(await connected()).toBe('hello');
  expect(unregister()).toBe(true);
});

test('two copies connect once, and both can be undone', async () => {
  const one = require(REGISTER);
  jest.resetModules();
  const other = require(REGISTER);
  expect(other.register).not.toBe(one.register);
  expect(await connected()).toBe('hello');
  expect(connections).toBe(1);
  expect(other.unregister()).toBe(true);
  expect(one.unregister()).toBe(true);
});

test('a spy sees the call, and takes its place again when it is restored', async () => {
  const { unregister } = require(REGISTER);
  const spy = jest.spyOn(net.Socket.prototype, 'connect');
  expect(await connected()).toBe('hello');
  expect(spy).toHaveBeenCalledTimes(1);
  expect(unregister()).toBe(false);
  spy.mockRestore();
  expect(unregister()).toBe(true);
});

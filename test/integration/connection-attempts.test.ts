// The events that tell of a socket's attempts, side by side with net.connect() and its autoSelectFamily on a
// name that has several addresses. Race only: Winsock tells of its winner alone.

import { once } from 'node:events';
import * as net from 'node:net';

import { connect, type SocketConnectOptions } from '#dist/index';
import { blackhole } from '../support/blackhole';
import { runChild } from '../support/child';
import { openSockets } from '../support/descriptors';
import { eventually } from '../support/eventually';
import { refusingPort } from '../support/ports';
import { serve, type TestServer } from '../support/servers';

const OPTIONS: SocketConnectOptions = { engine: 'race', history: false };
const EVENTS = ['connectionAttempt', 'connectionAttemptFailed', 'connectionAttemptTimeout'];
/** ms: each attempt may take so long, in both. */
const LIMIT = 1_500;

/** A name with two addresses; both ways try IPv6 first. */
const lookup: net.LookupFunction = (_name, _options, callback) => {
  const both = ['::1', '127.0.0.1'].map((address) => ({ address, family: net.isIP(address) }));
  process.nextTick(callback, null, both);
};

const ways = [
  {
    name: 'net.connect',
    connect: (host: string, port: number) =>
      net.connect({
        ...{ host, port, lookup },
        autoSelectFamily: true,
        autoSelectFamilyAttemptTimeout: LIMIT,
      }),
  },
  {
    name: 'connect',
    connect: (host: string, port: number) =>
      connect([{ host, port }], {
        ...{ ...OPTIONS, lookup },
        attemptDelay: Infinity,
        attemptTimeout: LIMIT,
      }),
  },
];

/** What is said of the attempts until the socket has connected or failed. */
async function attemptsOf(socket: net.Socket): Promise<unknown[][]> {
  const said: unknown[][] = [];
  for (const event of EVENTS) {
    socket.on(event, (...given: unknown[]) => said.push([event, ...given.map(plain)]));
  }
  await new Promise((resolve) => {
    socket.once('connect', resolve);
    socket.once('error', resolve);
  });
  socket.destroy();
  return said;
}

/** Of an error, what code that handles errors looks at. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object') return value;
  const { code, errno, syscall, address, port, message } = value as Record<string, unknown>;
  return { code, errno, syscall, address, port, message };
}

/** Ours says where it came from, too. */
function refusal(address: string, port: number): unknown {
  return expect.objectContaining({
    code: 'ECONNREFUSED',
    errno: expect.any(Number) as number,
    syscall: 'connect',
    address,
    port,
    message: expect.stringContaining(`connect ECONNREFUSED ${address}:${port}`) as string,
  });
}

describe.each(ways)('$name: the events of attempts', (way) => {
  let server: TestServer;

  beforeAll(async () => {
    server = await serve('127.0.0.1');
  });
  afterAll(() => server.close());

  test('an address by itself', async () => {
    expect(await attemptsOf(way.connect('127.0.0.1', server.port))).toEqual([
      ['connectionAttempt', '127.0.0.1', server.port, 4],
    ]);
  });

  test('the first fails, the second connects', async () => {
    const { port } = server;
    expect(await attemptsOf(way.connect('both.test', port))).toEqual([
      ['connectionAttempt', '::1', port, 6],
      ['connectionAttemptFailed', '::1', port, 6, refusal('::1', port)],
      ['connectionAttempt', '127.0.0.1', port, 4],
    ]);
  });

  test('the first takes too long, the second connects', async () => {
    const { port } = server;
    const hole = await blackhole('::1', port);
    expect(await attemptsOf(way.connect('both.test', port))).toEqual([
      ['connectionAttempt', '::1', port, 6],
      ['connectionAttemptTimeout', '::1', port, 6],
      ['connectionAttempt', '127.0.0.1', port, 4],
    ]);
    await hole.close();
  });

  test('both fail, and the error has an error for each', async () => {
    const port = await refusingPort();
    const socket = way.connect('both.test', port);
    const failed = new Promise<AggregateError>((resolve) => socket.once('error', resolve as never));
    expect(await attemptsOf(socket)).toEqual([
      ['connectionAttempt', '::1', port, 6],
      ['connectionAttemptFailed', '::1', port, 6, refusal('::1', port)],
      ['connectionAttempt', '127.0.0.1', port, 4],
      ['connectionAttemptFailed', '127.0.0.1', port, 4, refusal('127.0.0.1', port)],
    ]);
    const error = await failed;
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    expect(error.errors.map(plain)).toEqual([refusal('::1', port), refusal('127.0.0.1', port)]);
  });
});

describe('connect() alone', () => {
  test('attempts that run at once are told of as they start', async () => {
    const [hole, server] = await Promise.all([blackhole(), serve()]);
    const list = [hole, server].map(({ host, port }) => ({ host, port }));
    const socket = connect(list, { ...OPTIONS, attemptDelay: 50 });
    expect(await attemptsOf(socket)).toEqual([
      ['connectionAttempt', '127.0.0.1', hole.port, 4],
      ['connectionAttempt', '127.0.0.1', server.port, 4],
    ]);
    expect(socket.attempts).toMatchObject([{ outcome: 'lost' }, { outcome: 'connected' }]);
    await Promise.all([hole.close(), server.close()]);
  });

  test('destroy() in a listener of connectionAttempt ends it there', async () => {
    const server = await serve();
    const before = openSockets();
    const socket = connect([{ host: '127.0.0.1', port: server.port }], OPTIONS);
    const said: string[] = [];
    for (const event of ['connectionAttempt', 'connect', 'error']) {
      socket.on(event, () => said.push(event));
    }
    socket.once('connectionAttempt', () => socket.destroy());
    await once(socket, 'close');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(said).toEqual(['connectionAttempt']);
    await eventually(() => server.sockets.size === 0);
    expect(openSockets()).toBeLessThanOrEqual(before);
    await server.close();
  });

  test('destroy() while one attempt fails lets no other one start', async () => {
    const server = await serve();
    const list = [await refusingPort(), server.port].map((port) => ({ host: '127.0.0.1', port }));
    const socket = connect(list, OPTIONS);
    socket.once('connectionAttemptFailed', () => socket.destroy());
    await once(socket, 'close');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.sockets.size).toBe(0);
    await server.close();
  });

  test('what a listener throws is an uncaught exception, and the attempts go on', async () => {
    const server = await serve('127.0.0.1', (socket) => socket.end('welcome'));
    const refusing = await refusingPort();
    const ended = await runChild(`
      const { connect } = require('./dist');
      process.on('uncaughtException', (error, origin) => console.log(origin, error.message));
      const list = [${refusing}, ${server.port}].map((port) => ({ host: '127.0.0.1', port }));
      const socket = connect(list, { engine: 'race' });
      for (const event of ['connectionAttempt', 'connectionAttemptFailed']) {
        socket.on(event, (address, port) => { throw new Error(event + ' ' + port); });
      }
      socket.on('data', (chunk) => console.log(String(chunk)));
    `);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout.split('\n')).toEqual([
      `uncaughtException connectionAttempt ${refusing}`,
      `uncaughtException connectionAttemptFailed ${refusing}`,
      `uncaughtException connectionAttempt ${server.port}`,
      'welcome',
      '',
    ]);
    await server.close();
  });
});

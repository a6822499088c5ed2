// What others see of a socket of connect(), and of a Connection: nothing made up, the caller's context, and clocks that
// test runners replace do not matter.

import { AsyncLocalStorage } from 'node:async_hooks';
import * as diagnostics from 'node:diagnostics_channel';
import { once } from 'node:events';
import * as http from 'node:http';
import * as net from 'node:net';
import { inspect } from 'node:util';

import {
  connect,
  connectByList,
  connectByName,
  connector,
  ListAgent,
  type ConnectOptions,
} from '#dist/index';
import { openSockets } from '../support/descriptors';
import { eventually } from '../support/eventually';
import { connectErrorOf, errorWithCode } from '../support/failure';
import { refusingPort } from '../support/ports';
import { serve, type TestServer } from '../support/servers';

const RACE = { engine: 'race', history: false } as const;
let server: TestServer;

beforeAll(async () => {
  server = await serve('127.0.0.1');
});

afterAll(() => server.close());

const at = (): string => `127.0.0.1:${server.port}`;
const loopback: ConnectOptions['lookup'] = (_, _options, callback) =>
  setImmediate(() => callback(null, [{ address: '127.0.0.1', family: 4 }]));

describe('a test library that has replaced net.Socket.prototype.connect', () => {
  test('hears of nothing, and connections are made', async () => {
    const heard = jest.spyOn(net.Socket.prototype, 'connect').mockImplementation(() => {
      throw new Error('no connections in tests');
    });
    try {
      const socket = connect([at()], RACE);
      await once(socket, 'connect');
      expect(socket.remotePort).toBe(server.port);
      socket.destroy();
      (await connectByList([at()], RACE)).socket.destroy();
      expect(heard).not.toHaveBeenCalled();
    } finally {
      heard.mockRestore();
    }
  });

  test('no event names an address that is none', async () => {
    const named: unknown[][] = [];
    const socket = connect([`a.test:${server.port}`, at()], { ...RACE, lookup: loopback });
    for (const event of ['lookup', 'connectionAttempt']) {
      socket.on(event, (...given: unknown[]) => named.push([event, ...given]));
    }
    await once(socket, 'connect');
    socket.destroy();
    expect(named).toEqual([
      ['lookup', null, '127.0.0.1', 4, 'a.test'],
      ['connectionAttempt', '127.0.0.1', server.port, 4],
    ]);
  });

  test('a lookup that fails is told as net tells it', async () => {
    const socket = connect([`a.test:${server.port}`], {
      ...RACE,
      lookup: (_, _options, callback) =>
        callback(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), []),
    });
    socket.on('error', () => undefined);
    const [error, ...rest] = (await once(socket, 'lookup')) as unknown[];
    expect((error as Error).message).toBe('no');
    expect(rest).toEqual([undefined, undefined, 'a.test']);
  });
});

test('a socket that is destroyed when its connection is there already leaves nothing open', async () => {
  const before = openSockets();
  for (let i = 0; i < 50; i++) {
    const socket = connect([at()], RACE);
    const turns = i % 5;
    const destroy = (left: number): void => {
      if (left === 0) socket.destroy();
      else process.nextTick(destroy, left - 1);
    };
    destroy(turns);
    await once(socket, 'close');
  }
  await eventually(() => openSockets() <= before);
});

test('destroy() and connect() at once: the new connection is made', async () => {
  const socket = connect([at()], RACE);
  socket.destroy();
  socket.connect({ host: '127.0.0.1', port: server.port });
  await once(socket, 'connect');
  // What the first call still has to say comes in later turns.
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(socket.destroyed).toBe(false);
  socket.destroy();
});

describe('timers and process.nextTick() that a test runner has replaced', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test('connectByList(), connectByName() and connect() connect', async () => {
    (await connectByList([at()], RACE)).socket.destroy();
    (await connectByName('a.test', server.port, { ...RACE, lookup: loopbackNow })).socket.destroy();
    const socket = connect([at(), `a.test:${server.port}`], { ...RACE, lookup: loopbackNow });
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.destroy();
  });

  test('a deadline expires', async () => {
    const silent = connectByList([at()], {
      ...RACE,
      timeout: 50,
      handshake: () => new Promise(() => undefined),
    });
    expect((await connectErrorOf(silent)).code).toBe('ETIMEDOUT');
  });

  test('an agent and a connector connect', async () => {
    const agent = new ListAgent([at()]);
    const socket = agent.createConnection({ host: 'a.test', port: 80 });
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.destroy();
    const connected = await new Promise<net.Socket>((resolve, reject) => {
      connector([at()])({ hostname: 'a.test', protocol: 'http:', port: '' }, (error, made) => {
        if (error) reject(error);
        else resolve(made);
      });
    });
    connected.destroy();
  });
});

const loopbackNow: ConnectOptions['lookup'] = (_, _options, callback) =>
  callback(null, [{ address: '127.0.0.1', family: 4 }]);

test('events of a socket and of the tracing channels run in the context of their call', async () => {
  const store = new AsyncLocalStorage<string>();
  const refused = `127.0.0.1:${await refusingPort()}`;
  // The first race of the process must not be the one whose context counts.
  await store
    .run('first', () => connectByList([at()], RACE))
    .then(({ socket }) => socket.destroy());
  const seen = new Set<unknown>();
  const see = (): void => void seen.add(store.getStore());
  const channel = diagnostics.tracingChannel('connect-by-list:attempt');
  const subscribers = { start: see, end: see, asyncStart: see, asyncEnd: see, error: see };
  channel.subscribe(subscribers);
  await store.run('second', async () => {
    // A name that is resolved later: the race goes on, and is told of its attempts from the event loop.
    const slow: ConnectOptions['lookup'] = (_, _options, callback) =>
      void setTimeout(() => callback(null, [{ address: '127.0.0.1', family: 4 }]), 100);
    const socket = connect([refused, `a.test:${server.port}`], { ...RACE, lookup: slow });
    for (const event of ['lookup', 'connectionAttempt', 'connectionAttemptFailed', 'connect']) {
      socket.on(event, see);
    }
    await once(socket, 'connect');
    socket.destroy();
  });
  channel.unsubscribe(subscribers);
  expect([...seen]).toEqual(['second']);
});

describe('what a lookup of the caller’s says', () => {
  const failing = (error: unknown) =>
    connectErrorOf(
      connectByList(['a.test:1'], {
        ...RACE,
        lookup: (_, _options, callback) => callback(error as NodeJS.ErrnoException, []),
      }),
    );

  test('is the cause, and its message is heard', async () => {
    const own = new Error('token expired');
    const error = await failing(own);
    expect(error.message).toContain('token expired');
    expect(error.message).not.toContain('spelled');
    expect(error.errors).toMatchObject([
      { syscall: 'getaddrinfo', cause: own, hostname: 'a.test' },
    ]);
    expect(error.attempts).toMatchObject([{ outcome: 'failed', cause: own }]);
  });

  test('has the errno and the hostname that errors of dns.lookup have', async () => {
    const own = Object.assign(new Error('getaddrinfo ENOTFOUND a.test'), {
      ...{ code: 'ENOTFOUND', errno: -3008, syscall: 'getaddrinfo', hostname: 'a.test' },
    });
    const error = await failing(own);
    expect(error).toMatchObject({ code: 'ENOTFOUND', errno: -3008, syscall: 'getaddrinfo' });
    expect(error.errors).toMatchObject([{ errno: -3008, hostname: 'a.test' }]);
    expect(error.message.match(/ENOTFOUND/g)).toHaveLength(2);
  });

  test('is bounded', async () => {
    const error = await failing(new Error('x'.repeat(100_000)));
    expect(error.message.length).toBeLessThan(1_000);
  });
});

describe('a Connection', () => {
  test('shows its addresses, its engine and its attempts, and the socket in a word', async () => {
    const connection = await connectByList([at()], RACE);
    connection.socket.destroy();
    const shown = inspect(connection, { depth: 5 });
    expect(shown).toContain("engine: 'race'");
    expect(shown).toContain("address: '127.0.0.1'");
    expect(shown).toContain("outcome: 'connected'");
    expect(shown).toContain('socket: [Socket]');
    expect(shown.split('\n').length).toBeLessThan(50);
  });

  test('its properties are its own: a copy has them', async () => {
    const connection = await connectByList([at()], RACE);
    connection.socket.destroy();
    const { attempts, ...rest } = { ...connection };
    expect(attempts).toHaveLength(1);
    expect(rest).toMatchObject({ engine: 'race', socket: connection.socket });
    expect(rest.remoteAddress.port).toBe(server.port);
    expect(rest.localAddress.address).toBe('127.0.0.1');
  });
});

test('a request over an agent of a list, by a name and an address of Node’s own kind', async () => {
  const web = http.createServer((_, response) => response.end('yes'));
  web.listen(0, '127.0.0.1');
  await once(web, 'listening');
  const agent = new ListAgent([web.address() as net.AddressInfo]);
  const request = http.get({ ...(web.address() as object), agent } as http.RequestOptions);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.resume();
  expect(response.statusCode).toBe(200);
  agent.destroy();
  web.close();
});

test('to TypeScript a single endpoint is no list, and a function may make endpoints of a request', async () => {
  // @ts-expect-error -- a text is no list
  const call = connectByList('127.0.0.1:80');
  await expect(call).rejects.toThrow(errorWithCode('ERR_INVALID_ARG_TYPE'));
  const agent = new ListAgent(({ host, port }) => [{ host, port }]);
  agent.destroy();
});

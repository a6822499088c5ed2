// An attempt that has connected only when its handshake is done.

import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import * as net from 'node:net';
import * as tls from 'node:tls';

import { connectByList, type ConnectOptions, type Handshake } from '#dist/index';
import { CA as cert, KEY as key } from '../support/certificate';
import { openSockets } from '../support/descriptors';
import { eventually } from '../support/eventually';
import { connectErrorOf, errorWithCode } from '../support/failure';
import { serve, type TestServer } from '../support/servers';

const NO_HISTORY = { history: false } as const;
const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function server(serveSocket?: (socket: net.Socket) => void): Promise<TestServer> {
  const made = await serve('127.0.0.1', serveSocket);
  ends.push(() => made.close());
  return made;
}

/** A server that says what it is. */
const saying = (text: string): Promise<TestServer> => server((socket) => void socket.write(text));

/** Waits for a line, and rejects unless it is the one wanted. */
const expectLine =
  (wanted: string): Handshake =>
  async (socket, _, { signal }) => {
    const [chunk] = (await once(socket, 'data', { signal })) as [Buffer];
    const line = String(chunk).split('\n', 1).join();
    if (line !== wanted) throw Object.assign(new Error(`It said ${line}`), { code: 'ENOTPRIMARY' });
    const rest = chunk.subarray(line.length + 1);
    if (rest.length > 0) socket.unshift(rest);
  };

async function connected(list: TestServer[], options: ConnectOptions) {
  const connection = await connectByList(list, { ...NO_HISTORY, order: 'given', ...options });
  ends.push(async () => {
    connection.socket.destroy();
    await Promise.resolve();
  });
  return connection;
}

test('a rejection is the failure of the attempt, and the next is started at once', async () => {
  const [replica, primary] = [await saying('replica\n'), await saying('primary\n')];
  const { remoteAddress, attempts } = await connected([replica, primary], {
    handshake: expectLine('primary'),
    attemptDelay: Infinity,
  });
  expect(remoteAddress.port).toBe(primary.port);
  expect(attempts).toMatchObject([
    { outcome: 'failed', code: 'ENOTPRIMARY', cause: { message: 'It said replica' } },
    { outcome: 'connected' },
  ]);
  await eventually(() => replica.sockets.size === 0);
});

test('the race goes on while a server says nothing; the signal is aborted when it has lost', async () => {
  const [silent, good] = [await server(), await saying('primary\n')];
  const signals: AbortSignal[] = [];
  const { remoteAddress, attempts } = await connected([silent, good], {
    attemptDelay: 20,
    handshake: async (socket, endpoint, context) => {
      signals.push(context.signal);
      await expectLine('primary')(socket, endpoint, context);
    },
  });
  expect(remoteAddress.port).toBe(good.port);
  expect(attempts.map(({ outcome }) => outcome)).toEqual(['lost', 'connected']);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  await eventually(() => silent.sockets.size === 0);
});

test('what TCP connects restarts the delay: the next attempt waits for the handshake', async () => {
  const [slow, other] = [
    await server((socket) => void setTimeout(() => socket.write('primary\n'), 150)),
    await saying('primary\n'),
  ];
  const { attempts } = await connected([slow, other], {
    attemptDelay: 2_000,
    handshake: expectLine('primary'),
  });
  expect(attempts).toHaveLength(1);
});

test('what it resolves with becomes the connection', async () => {
  const good = await saying('primary\n');
  const made: net.Socket[] = [];
  const { socket } = await connected([good], {
    handshake: (tcp) => {
      const other = new net.Socket();
      tcp.on('close', () => other.destroy());
      other.on('close', () => tcp.destroy());
      made.push(other);
      return Promise.resolve(other);
    },
  });
  expect(socket).toBe(made[0]);
});

test('it is called with the endpoint, and the address it has', async () => {
  const good = await saying('primary\n');
  const seen: unknown[] = [];
  const lookup: ConnectOptions['lookup'] = (_, _options, callback) =>
    callback(null, [{ address: '127.0.0.1', family: 4 }]);
  const { socket } = await connectByList([`a.test:${good.port}`], {
    lookup,
    handshake: (_, endpoint) => {
      seen.push(endpoint);
      return Promise.resolve();
    },
  });
  socket.destroy();
  expect(seen).toEqual([{ host: 'a.test', port: good.port, address: '127.0.0.1' }]);
});

test('the stream is handed over as without a handshake: what was put back, and what comes later, is read', async () => {
  const good = await server((socket) => {
    socket.write('primary\nfirst ');
    setTimeout(() => socket.end('second'), 50);
  });
  const { socket } = await connected([good], { handshake: expectLine('primary') });
  expect(socket.readableFlowing).toBe(null);
  expect(socket.listenerCount('data')).toBe(0);
  // Not at once: nothing is lost meanwhile.
  await new Promise((resolve) => setTimeout(resolve, 100));
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  expect(text).toBe('first second');
});

test.each([
  ['attemptTimeout', { attemptTimeout: 50 }, 'timeout'],
  ['timeout', { timeout: 80 }, 'timeout'],
] as const)('one that never settles is bounded by %s', async (_, limits, outcome) => {
  const silent = await server();
  const handshake: Handshake = () => new Promise(() => undefined);
  const call = connectByList([silent], { ...NO_HISTORY, ...limits, handshake });
  const error = await connectErrorOf(call);
  expect(error.attempts).toMatchObject([{ outcome, code: 'ETIMEDOUT' }]);
  await eventually(() => silent.sockets.size === 0);
});

test('an abort of the call aborts its signal and closes its socket', async () => {
  const silent = await server();
  const controller = new AbortController();
  let signal: AbortSignal | undefined;
  const call = connectByList([silent], {
    signal: controller.signal,
    handshake: (_, _endpoint, context) => {
      ({ signal } = context);
      setTimeout(() => controller.abort(), 10);
      return new Promise(() => undefined);
    },
  });
  await expect(call).rejects.toThrow(/abort/);
  expect(signal?.aborted).toBe(true);
  await eventually(() => silent.sockets.size === 0);
});

test('a server that closes in the middle of it fails the attempt', async () => {
  const closing = await server((socket) => socket.destroy());
  const error = await connectErrorOf(
    connectByList([closing], { ...NO_HISTORY, handshake: () => new Promise(() => undefined) }),
  );
  expect(error.errors).toMatchObject([{ syscall: 'handshake', code: 'ECONNRESET' }]);
});

test.each([
  [
    'throws',
    () => {
      throw new Error('no');
    },
    'no',
  ],
  [
    'rejects with nothing',
    () => Promise.reject(undefined as unknown as Error),
    'The handshake rejected with a value that is not an Error',
  ],
  [
    'resolves with something else',
    () => Promise.resolve(7 as unknown as net.Socket),
    'options.handshake()',
  ],
] as const)('one that %s fails the attempt', async (_, handshake, text) => {
  const good = await saying('primary\n');
  const call = connectByList([good], { ...NO_HISTORY, handshake: handshake });
  const error = await connectErrorOf(call);
  expect(error.errors[0]?.cause).toMatchObject({
    message: expect.stringContaining(text) as string,
  });
  await eventually(() => good.sockets.size === 0);
});

test('what it resolves with when the race is over is destroyed', async () => {
  const [late, good] = [await server(), await saying('primary\n')];
  const made = new net.Socket();
  let resolveLate: ((socket: net.Socket) => void) | undefined;
  await connected([late, good], {
    attemptDelay: 10,
    handshake: (socket, endpoint, context) =>
      endpoint.port === late.port
        ? new Promise((resolve) => (resolveLate = resolve))
        : expectLine('primary')(socket, endpoint, context),
  });
  resolveLate?.(made);
  await eventually(() => made.destroyed);
});

test('it runs in the async context of its call, and so do the events of its socket', async () => {
  const store = new AsyncLocalStorage<string>();
  const good = await server((socket) => void setTimeout(() => socket.end('primary\n'), 20));
  // The first race of the process must not be the one whose context counts.
  await store.run('first', () => connectByList([good])).then(({ socket }) => socket.destroy());
  const seen: unknown[] = [];
  await store.run('second', async () => {
    const { socket } = await connected([good], {
      handshake: async (tcp) => {
        seen.push(store.getStore());
        tcp.once('data', () => seen.push(store.getStore()));
        await once(tcp, 'data');
      },
    });
    socket.on('end', () => seen.push(store.getStore()));
    socket.resume();
    await once(socket, 'end');
  });
  expect(seen).toEqual(['second', 'second', 'second']);
});

test('over tls it is called with the secure socket, and both have to be done', async () => {
  const secure = tls.createServer({ key, cert }, (socket) => void socket.write('primary\n'));
  const good = await server((socket) => secure.emit('connection', socket));
  const seen: unknown[] = [];
  const { socket } = await connected([good], {
    tls: { ca: cert, servername: 'localhost' },
    handshake: async (over, endpoint, context) => {
      seen.push(over instanceof tls.TLSSocket && over.authorized);
      await expectLine('primary')(over, endpoint, context);
    },
  });
  expect(seen).toEqual([true]);
  expect(socket).toBeInstanceOf(tls.TLSSocket);

  const plain = await saying('primary\n');
  const refusing: ConnectOptions = { ...NO_HISTORY, tls: {}, handshake: () => Promise.resolve() };
  const error = await connectErrorOf(connectByList([plain], refusing));
  expect(error.errors).toMatchObject([{ syscall: 'handshake' }]);
});

test('one that is no function is refused', async () => {
  await expect(
    connectByList(['127.0.0.1:1'], { handshake: 1 as unknown as Handshake }),
  ).rejects.toThrow(errorWithCode('ERR_INVALID_ARG_TYPE'));
});

test('a hundred calls leave no descriptor behind', async () => {
  const [silent, good] = [await server(), await saying('primary\n')];
  const before = openSockets();
  for (let i = 0; i < 100; i++) {
    const { socket } = await connectByList([silent, good], {
      ...NO_HISTORY,
      order: 'given',
      attemptDelay: 10,
      handshake: expectLine('primary'),
    });
    socket.destroy();
  }
  await eventually(() => openSockets() <= before);
});

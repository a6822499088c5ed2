// C24: the real WSAConnectByNameW. Wine has it, so no stand-in is needed for the call itself. Wine's asks
// for addresses of the socket's family only, so on the AF_INET6 socket that Microsoft's page asks for it
// never gets to an IPv4 address; it tries the first address alone; and it takes no notice of the timeout.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { connectByName, type ConnectOptions } from '#dist/index';
import { addon } from '#dist/native/addon';
import { blackhole, type Blackhole } from '../support/blackhole';
import { runChild } from '../support/child';
import { connectErrorOf, failureOf } from '../support/failure';
import { refusingPort } from '../support/ports';
import { serve, serveEcho, type TestServer } from '../support/servers';
import { hasRealFunction, installStandIn } from './system';

/** Above any noise, below the 21 s that an attempt takes which is waited for. */
const AT_ONCE_MS = 15_000;

const winsock: ConnectOptions = { engine: 'winsock' };
const inTheLane = hasRealFunction ? test.skip : test;

describe('WSAConnectByName', () => {
  let server: TestServer;
  let hole: Blackhole;
  beforeAll(async () => {
    [server, hole] = await Promise.all([serveEcho('::1'), blackhole('::1')]);
  });
  afterAll(() => Promise.all([server.close(), hole.close()]));

  test('the function gets the name and the digits of the port', async () => {
    const called = jest.spyOn(addon() as Required<ReturnType<typeof addon>>, 'connectByName');
    try {
      const { socket } = await connectByName('localhost', server.port, winsock);
      socket.destroy();
      expect(called.mock.calls[0]?.slice(0, 2)).toEqual(['localhost', String(server.port)]);
    } finally {
      called.mockRestore();
    }
  });

  test('C21 the socket is usable in every way: both names, sending, and ending one side', async () => {
    const { socket, localAddress, remoteAddress, engine } = await connectByName(
      'localhost',
      server.port,
      winsock,
    );
    expect(engine).toBe('winsock');
    expect(socket.address()).toMatchObject({ address: '::1', port: localAddress.port });
    expect(localAddress.port).toBeGreaterThan(0);
    expect(socket).toMatchObject({ remoteAddress: '::1', remotePort: server.port });
    expect(remoteAddress).toMatchObject({ address: '::1', port: server.port });
    socket.setEncoding('utf8').end('there and back');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toBe('there and back');
  });

  test('a refusal has the code of Node and that of Winsock', async () => {
    const port = await refusingPort('::1');
    const error = await connectErrorOf(connectByName('localhost', port, winsock));
    const refused = {
      code: 'ECONNREFUSED',
      syscall: 'WSAConnectByName',
      wsaName: 'WSAECONNREFUSED',
      wsaCode: 10061,
    };
    expect(error).toMatchObject(refused);
    expect(error.errors).toMatchObject([refused]);
    expect(error.attempts).toEqual([]);
    expect(error.message).toContain(`localhost:${port}`);
  });

  // The lane has no name server: 'nowhere.invalid' cannot be asked for, and the other is no name at all.
  inTheLane.each([
    ['cannot be resolved now', 'nowhere.invalid', 'EAI_AGAIN', 'WSATRY_AGAIN', 11002],
    ['does not exist', `${'a'.repeat(64)}.invalid`, 'ENOTFOUND', 'WSAHOST_NOT_FOUND', 11001],
  ])('a name that %s', async (_what, host, code, wsaName, wsaCode) => {
    const error = await connectErrorOf(connectByName(host, 80, winsock));
    expect(error).toMatchObject({ code, wsaName, wsaCode, syscall: 'WSAConnectByName' });
    expect(error.message).toContain(`${host}:80`);
  });

  // IPv6 is refused there, so Windows has to go on to IPv4, on the one socket (IPV6_V6ONLY is off).
  test.each([
    ['the second address of a name', 'localhost'],
    ['an IPv4 address', '127.0.0.1'],
  ])('%s is reached; on Wine it is not', async (_what, host) => {
    const v4 = await serve();
    const pending = connectByName(host, v4.port, winsock);
    if (hasRealFunction) {
      const { socket, remoteAddress } = await pending;
      socket.destroy();
      expect(remoteAddress).toMatchObject({ address: '127.0.0.1', port: v4.port });
    } else {
      expect((await connectErrorOf(pending)).syscall).toBe('WSAConnectByName');
    }
    await v4.close();
  });

  inTheLane(
    'it is the default where WSAConnectByList is, and race where that is missing',
    async () => {
      const standIn = installStandIn();
      const withIt = await connectByName('localhost', server.port);
      standIn.remove();
      const withoutIt = await connectByName('localhost', server.port);
      const asked = await connectByName('localhost', server.port, winsock);
      standIn.install();
      for (const { socket } of [withIt, withoutIt, asked]) socket.destroy();
      expect([withIt.engine, withoutIt.engine, asked.engine]).toEqual([
        'winsock',
        'race',
        'winsock',
      ]);
    },
  );

  test('where Winsock lacks it, asking for it is refused, and says what to do', async () => {
    const missing = jest.spyOn(addon() as Required<ReturnType<typeof addon>>, 'hasConnectByName');
    missing.mockReturnValue(false);
    try {
      const refused = await failureOf(connectByName('localhost', server.port, winsock));
      expect(refused).toMatchObject({ code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
      expect((refused as Error).message).toContain('needs WSAConnectByName');
      expect((refused as Error).message).toContain("Use the engine 'race'");
      const { socket, engine } = await connectByName('localhost', server.port);
      socket.destroy();
      expect(engine).toBe('race');
    } finally {
      missing.mockRestore();
    }
  });

  test('an abort rejects at once, and the call behind it ends', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const calls = Array.from({ length: 8 }, () =>
      failureOf(connectByName('localhost', hole.port, { ...winsock, signal })),
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = performance.now();
    controller.abort('enough');
    expect(await Promise.all(calls)).toEqual(calls.map(() => 'enough'));
    expect(performance.now() - before).toBeLessThan(AT_ONCE_MS);
  });

  const hanging = `
    const { connectByName } = require('./dist');
    for (let i = 0; i < 6; i++) {
      connectByName('localhost', PORT, { engine: 'winsock' }).catch(() => {});
    }
  `;

  test.each([
    ['process.exit()', 'process.exit(0)', 0],
    ['an uncaught exception', "throw new Error('on purpose')", 1],
  ])('the process ends by %s, with calls in flight', async (_what, then, code) => {
    const program = hanging.replace('PORT', String(hole.port));
    const before = performance.now();
    const ended = await runChild(`${program} setTimeout(() => { ${then} }, 100);`);
    expect(ended).toMatchObject({ code, signal: null });
    expect(performance.now() - before).toBeLessThan(AT_ONCE_MS);
  });

  test('a worker is terminated, with calls in flight', async () => {
    const program = hanging.replace('PORT', String(hole.port));
    const worker = new Worker(
      `${program} require('node:worker_threads').parentPort.postMessage('calling');`,
      { eval: true },
    );
    await once(worker, 'message');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = performance.now();
    await worker.terminate();
    expect(performance.now() - before).toBeLessThan(AT_ONCE_MS);
  });

  inTheLane('C22 handles of Windows stay flat over 500 connects, refusals and aborts', async () => {
    const standIn = installStandIn();
    const refusing = await refusingPort('::1');
    const each = async (): Promise<void> => {
      const { socket } = await connectByName('localhost', server.port, winsock);
      socket.destroy();
      await once(socket, 'close');
      await failureOf(connectByName('localhost', refusing, winsock));
      const signal = AbortSignal.timeout(1);
      await failureOf(connectByName('localhost', hole.port, { ...winsock, signal }));
    };
    for (let i = 0; i < 20; i++) await each();
    const before = standIn.handleCount();
    for (let i = 0; i < 500; i++) await each();
    expect(standIn.handleCount() - before).toBeLessThan(50);
  });
});

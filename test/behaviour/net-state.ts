// What a socket of connect() shows and says until it has connected, side by side with net.connect(): each
// test runs on both. docs/net.md lists Node's own tests that these behaviours come from.

import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import * as net from 'node:net';
import { PerformanceObserver } from 'node:perf_hooks';

import { blackhole, type Blackhole } from '../support/blackhole';
import type { EngineUnderTest } from '../support/engine';
import { eventually } from '../support/eventually';
import { errorWithCode } from '../support/failure';
import { keepAliveTimerOf } from '../support/kernel';
import { refusingPort } from '../support/ports';
import { serve, type TestServer } from '../support/servers';
import { transcriptOf } from '../support/transcript';
import { waysToConnect } from '../support/ways';

/** A socket that takes both families has IPv4 addresses mapped: Winsock's call has such a one (C03). */
function plain(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.)/, '');
}

export function describeNetState(engine: EngineUnderTest): void {
  describe.each(waysToConnect(engine))('$name: what a connecting socket shows', ({ connect }) => {
    let server: TestServer;
    let hole: Blackhole;
    const opened: net.Socket[] = [];

    function opening(...given: Parameters<typeof connect>): net.Socket {
      const socket = connect(...given);
      opened.push(socket);
      return socket;
    }

    beforeAll(async () => {
      [server, hole] = await Promise.all([serve(), blackhole()]);
    });
    afterEach(() => {
      for (const socket of opened.splice(0)) socket.destroy();
    });
    afterAll(() => Promise.all([server.close(), hole.close()]));

    test('is a net.Socket at once, which is connecting, and then open', async () => {
      const socket = opening(server);
      expect(socket).toBeInstanceOf(net.Socket);
      const opened = { destroyed: false, bytesRead: 0, bytesWritten: 0, readable: true };
      expect(socket).toMatchObject({
        ...opened,
        connecting: true,
        pending: true,
        readyState: 'opening',
        writable: true,
      });
      const seen = new Promise((resolve) => {
        socket.once('connect', () => resolve([socket.connecting, socket.pending]));
      });
      expect(await seen).toEqual([false, false]);
      expect(socket).toMatchObject({
        ...opened,
        connecting: false,
        pending: false,
        readyState: 'open',
        writable: true,
      });
    });

    test('has addresses when it has connected, and not before', async () => {
      const socket = opening(server);
      const { remoteAddress, remotePort, remoteFamily, localAddress, localPort } = socket;
      expect([remoteAddress, remotePort, remoteFamily]).toEqual([undefined, undefined, undefined]);
      expect([localAddress, localPort, socket.address()]).toEqual([undefined, undefined, {}]);
      await once(socket, 'connect');
      expect(plain(socket.remoteAddress)).toBe(server.host);
      expect(socket.remotePort).toBe(server.port);
      expect(plain(socket.localAddress)).toBe(server.host);
      const isOurs = ({ remotePort }: net.Socket): boolean => remotePort === socket.localPort;
      await eventually(() => Array.from(server.sockets).some(isOurs));
      expect(socket.address()).toMatchObject({ port: socket.localPort });
      socket.destroy();
      await once(socket, 'close');
      // What was asked for once is kept.
      expect(socket).toMatchObject({ remotePort: server.port, readyState: 'closed' });
    });

    test('says connect, ready, data, end, finish and close, in this order', async () => {
      const greeting = await serve('127.0.0.1', (accepted) => accepted.end('welcome'));
      const socket = opening(greeting);
      const said = transcriptOf(socket);
      expect(said).toEqual([]);
      await once(socket, 'close');
      expect(said).toEqual(['connect', 'ready', 'data welcome', 'end', 'finish', 'close false']);
      await greeting.close();
    });

    test('its listener is called once, for connect, with the socket as this and nothing else', async () => {
      const calls: unknown[][] = [];
      const socket = opening(server, {}, function (this: unknown, ...given: unknown[]) {
        calls.push([this, ...given]);
      });
      expect(socket.listenerCount('connect')).toBe(1);
      await once(socket, 'ready');
      expect(calls).toEqual([[socket]]);
      expect(socket.listenerCount('connect')).toBe(0);
    });

    test('a failure comes in a later turn of the loop, so that listeners can be added', async () => {
      const refusing = { host: '127.0.0.1', port: await refusingPort() };
      const socket = opening(refusing);
      await new Promise((resolve) => process.nextTick(resolve));
      const said = transcriptOf(socket);
      await once(socket, 'close').catch(() => once(socket, 'close'));
      expect(said).toEqual(['error ECONNREFUSED', 'close true']);
      expect(socket).toMatchObject({
        connecting: false,
        destroyed: true,
        pending: true,
        readyState: 'closed',
      });
    });

    test('setTimeout() counts while it connects, and leaves the socket as it is', async () => {
      const socket = opening(hole);
      let called = 0;
      expect(socket.setTimeout(30, () => called++)).toBe(socket);
      expect(socket.timeout).toBe(30);
      await once(socket, 'timeout');
      expect(called).toBe(1);
      expect(socket).toMatchObject({ connecting: true, destroyed: false });
    });

    test('setTimeout(0) takes the timeout back', async () => {
      const socket = opening(hole);
      const said = transcriptOf(socket);
      socket.setTimeout(20);
      socket.setTimeout(0);
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(said).toEqual([]);
      expect(socket.timeout).toBe(0);
    });

    test('setTimeout() while it connects counts from the connect on, too', async () => {
      const socket = opening(server);
      socket.setTimeout(50);
      const said = transcriptOf(socket);
      await once(socket, 'timeout');
      expect(said).toEqual(['connect', 'ready', 'timeout']);
    });

    test('setTimeout() refuses what is no time', () => {
      const socket = opening(hole);
      for (const bad of ['100', NaN, -1, Infinity]) {
        expect(() => socket.setTimeout(bad as number)).toThrow(errorWithCode(/^ERR_/));
      }
    });

    test('setNoDelay() and setKeepAlive() hold for the connection when they are called before it', async () => {
      const socket = opening(server);
      expect(socket.setNoDelay(true).setKeepAlive(true, 60_000)).toBe(socket);
      await once(socket, 'connect');
      if (process.platform === 'linux') expect(keepAliveTimerOf(socket)).toBe(true);
    });

    test('the options noDelay and keepAlive hold for the connection', async () => {
      const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 };
      const [asked, not] = [opening(server, options), opening(server)];
      const handle = (asked as unknown as { _handle: Handle })._handle;
      const noDelay = jest.spyOn(handle, 'setNoDelay');
      const keepAlive = jest.spyOn(handle, 'setKeepAlive');
      await Promise.all([once(asked, 'connect'), once(not, 'connect')]);
      expect(noDelay.mock.calls).toEqual([[true]]);
      expect(keepAlive.mock.calls).toEqual([[true, 60]]);
      if (process.platform !== 'linux') return;
      expect([keepAliveTimerOf(asked), keepAliveTimerOf(not)]).toEqual([true, false]);
    });

    test('ref() and unref() answer with the socket', () => {
      const socket = opening(hole);
      expect(socket.unref()).toBe(socket);
      expect(socket.ref()).toBe(socket);
    });

    test('what it says has the AsyncLocalStorage context of the call', async () => {
      const storage = new AsyncLocalStorage<string>();
      const greeting = await serve('127.0.0.1', (accepted) => accepted.end('welcome'));
      const refusing = { host: '127.0.0.1', port: await refusingPort() };
      const [good, bad] = storage.run('mine', () => {
        return [opening(greeting), opening(refusing)] as const;
      });
      const seen: Record<string, unknown> = {};
      for (const event of ['connect', 'ready', 'data', 'end', 'close']) {
        good.on(event, () => (seen[event] = storage.getStore()));
      }
      bad.on('error', () => (seen.error = storage.getStore()));
      await Promise.all([once(good, 'close'), once(bad, 'close').catch(() => undefined)]);
      const mine = 'mine';
      expect(seen).toEqual({
        ...{ connect: mine, ready: mine, data: mine, end: mine, close: mine },
        error: mine,
      });
      await greeting.close();
    });

    test('perf_hooks has an entry of the type net for the connect', async () => {
      const entries: string[] = [];
      const observer = new PerformanceObserver((list) => {
        for (const { name, entryType } of list.getEntries()) entries.push(`${entryType} ${name}`);
      });
      observer.observe({ entryTypes: ['net'] });
      await once(opening(server), 'connect');
      await new Promise((resolve) => setTimeout(resolve, 50));
      observer.disconnect();
      expect(entries).toEqual(['net connect']);
    });
  });
}

/** What net.Socket asks of its handle. */
interface Handle {
  setNoDelay(enable: boolean): number;
  setKeepAlive(enable: boolean, seconds: number): number;
}

// How a socket of connect() ends that has not connected yet, side by side with net.connect(): each test runs
// on both. docs/net.md lists Node's own tests that these behaviours come from.

import { once } from 'node:events';
import * as net from 'node:net';

import { blackhole, type Blackhole } from '../support/blackhole';
import type { EngineUnderTest } from '../support/engine';
import { eventually } from '../support/eventually';
import { errorWithCode } from '../support/failure';
import { refusingPort } from '../support/ports';
import { serve, type TestServer } from '../support/servers';
import { transcriptOf } from '../support/transcript';
import { waysToConnect } from '../support/ways';

const NODE = Number(process.versions.node.split('.')[0]);
const AFTER_DESTROY = { connecting: false, destroyed: true, pending: true, readyState: 'closed' };

export function describeNetEnding(engine: EngineUnderTest): void {
  describe.each(waysToConnect(engine))('$name: the end before the connect', (way) => {
    let server: TestServer;
    let hole: Blackhole;
    let refusing: { host: string; port: number };
    const opened: net.Socket[] = [];

    function opening(...given: Parameters<typeof way.connect>): net.Socket {
      const socket = way.connect(...given);
      opened.push(socket);
      return socket;
    }

    /** Until everything that was on its way has come. */
    async function settled(socket: net.Socket): Promise<void> {
      await eventually(() => socket.closed);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }

    beforeAll(async () => {
      [server, hole] = await Promise.all([serve(), blackhole()]);
      refusing = { host: '127.0.0.1', port: await refusingPort() };
    });
    afterEach(() => {
      for (const socket of opened.splice(0)) socket.destroy();
    });
    afterAll(() => Promise.all([server.close(), hole.close()]));

    describe.each([
      ['in the turn of the call', 0],
      ['while it connects', 30],
    ])('%s', (_when, ms) => {
      async function hanging(...given: unknown[]): Promise<net.Socket> {
        const [options] = given as [Parameters<typeof way.connect>[1]];
        const socket = opening(hole, options);
        if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
        return socket;
      }

      test('destroy() closes it without a word of the connect', async () => {
        const socket = await hanging();
        const said = transcriptOf(socket);
        expect(socket.destroy()).toBe(socket);
        expect(socket).toMatchObject(AFTER_DESTROY);
        expect(said).toEqual([]);
        await settled(socket);
        expect(said).toEqual(['close false']);
      });

      test('destroy(error) says that error, and closes with one', async () => {
        const socket = await hanging();
        const said = transcriptOf(socket);
        const error = new Error('enough');
        const failed = once(socket, 'error');
        socket.destroy(error);
        expect(await failed).toEqual([error]);
        await settled(socket);
        expect(said).toEqual(['error enough', 'close true']);
      });

      test('destroy() twice is as good as once', async () => {
        const socket = await hanging();
        const said = transcriptOf(socket);
        socket.destroy();
        socket.destroy(new Error('too late'));
        await settled(socket);
        expect(said).toEqual(['close false']);
      });

      test('destroy() answers what was written', async () => {
        const socket = await hanging();
        const written = new Promise((resolve) => socket.write('never sent', resolve));
        const ended = new Promise((resolve) => socket.end(resolve as () => void));
        socket.destroy();
        const error = { code: 'ERR_SOCKET_CLOSED_BEFORE_CONNECTION' };
        expect(await Promise.all([written, ended])).toMatchObject([error, error]);
      });

      test('write() and end() after destroy() say no error, but to their callbacks', async () => {
        const socket = await hanging();
        const said = transcriptOf(socket);
        socket.destroy();
        const written = new Promise((resolve) => socket.write('too late', resolve));
        expect(await written).toMatchObject({ code: 'ERR_STREAM_DESTROYED' });
        socket.end();
        await settled(socket);
        expect(said).toEqual(['close false']);
      });

      test('its signal destroys it with an AbortError that has the reason', async () => {
        const controller = new AbortController();
        const socket = await hanging({ signal: controller.signal });
        const said = transcriptOf(socket);
        const failed = once(socket, 'error');
        const reason = new Error('the user left');
        controller.abort(reason);
        const [error] = (await failed) as [Error];
        expect(error).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: reason });
        await settled(socket);
        expect(said).toEqual(['error ABORT_ERR', 'close true']);
        expect(socket).toMatchObject(AFTER_DESTROY);
      });

      test('resetAndDestroy() waits for the connect', async () => {
        const socket = await hanging();
        const said = transcriptOf(socket);
        expect(socket.resetAndDestroy()).toBe(socket);
        await new Promise((resolve) => setTimeout(resolve, 50));
        expect(socket).toMatchObject({ connecting: true, destroyed: false });
        socket.destroy();
        await settled(socket);
        expect(said).toEqual(['close false']);
      });
    });

    test('resetAndDestroy() before the connect reaches the other side as a reset', async () => {
      const accepted = server.accepted();
      const socket = opening(server);
      const said = transcriptOf(socket);
      socket.resetAndDestroy();
      const [error] = (await once(await accepted, 'error')) as [NodeJS.ErrnoException];
      expect(error.code).toBe('ECONNRESET');
      await settled(socket);
      expect(said[0]).toBe('connect');
      expect(said.at(-1)).toBe('close false');
    });

    test('resetAndDestroy() after destroy() is an error, as there is nothing to reset', async () => {
      const socket = opening(hole);
      socket.destroy();
      await settled(socket);
      const said = transcriptOf(socket);
      socket.resetAndDestroy();
      await settled(socket);
      expect(said).toEqual([]);
      expect(socket.destroyed).toBe(true);
    });

    test('a signal that is aborted later destroys the connected socket', async () => {
      const controller = new AbortController();
      const socket = opening(server, { signal: controller.signal });
      await once(socket, 'connect');
      const failed = once(socket, 'error');
      controller.abort();
      expect(await failed).toMatchObject([{ name: 'AbortError' }]);
      expect(socket.destroyed).toBe(true);
    });

    test('a signal that was aborted before destroys it at once', async () => {
      const socket = opening(hole, { signal: AbortSignal.abort() });
      const said = transcriptOf(socket);
      await once(socket, 'close').catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(said[0]).toBe('error ABORT_ERR');
    });

    test('destroy() in the listener of connect', async () => {
      const socket = opening(server);
      const said = transcriptOf(socket);
      socket.once('connect', () => socket.destroy());
      await settled(socket);
      // Node says 'ready' in the same breath.
      expect(said).toEqual(['connect', 'ready', 'close false']);
    });

    test('a connect that fails answers what was written', async () => {
      const socket = opening(refusing);
      const said = transcriptOf(socket);
      const written = new Promise((resolve) => socket.write('never sent', resolve));
      expect(await written).toMatchObject({ code: 'ERR_SOCKET_CLOSED_BEFORE_CONNECTION' });
      await settled(socket);
      expect(said).toEqual(['error ECONNREFUSED', 'close true']);
    });

    test('after the close nothing that is asked of it throws', async () => {
      const socket = opening(server);
      await once(socket, 'connect');
      socket.destroy();
      await settled(socket);
      socket.setNoDelay().setKeepAlive().pause().resume();
      socket.setTimeout(0).ref().unref();
      expect(socket.address()).toEqual({});
      expect(socket).toMatchObject({ localPort: undefined, pending: true });
    });

    test('a name that the lookup does not know', async () => {
      const lookup: net.LookupFunction = (_name, _options, callback) => {
        const error = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
        process.nextTick(callback, error, '');
      };
      const socket = opening({ host: 'nowhere.test', port: server.port }, { lookup });
      const said = transcriptOf(socket);
      await settled(socket);
      expect(said).toEqual(['error ENOTFOUND', 'close true']);
    });

    test('a lookup that answers with what is no address', async () => {
      const lookup: net.LookupFunction = (_name, _options, callback) => {
        process.nextTick(callback, null, 'not an address', 4);
      };
      const socket = opening({ host: 'odd.test', port: server.port }, { lookup });
      const said = transcriptOf(socket);
      await settled(socket);
      expect(said).toEqual(['error ERR_INVALID_IP_ADDRESS', 'close true']);
    });

    test('a lookup that answers when the socket has been destroyed', async () => {
      let answer: () => void = () => undefined;
      const lookup: net.LookupFunction = (_name, _options, callback) => {
        answer = () => callback(null, server.host, 4);
      };
      const socket = opening({ host: 'late.test', port: server.port }, { lookup });
      const said = transcriptOf(socket);
      await new Promise((resolve) => setTimeout(resolve, 20));
      socket.destroy();
      answer();
      await settled(socket);
      expect(said).toEqual(['close false']);
      expect(server.sockets.size).toBe(0);
    });

    // net.connect() takes one from Node 22.13 on.
    const takesBlockList = way.name === 'connect' || NODE >= 24;
    (takesBlockList ? test : test.skip)('an address that the block list forbids', async () => {
      const blockList = new net.BlockList();
      blockList.addAddress(server.host);
      const socket = opening(server, { blockList });
      const said = transcriptOf(socket);
      await settled(socket);
      expect(said).toEqual(['error ERR_IP_BLOCKED', 'close true']);
    });

    test.each([
      ['lookup', 'dns'],
      ['localAddress', 'nowhere'],
      ['localPort', '80'],
    ])('a bad %s throws at once (%p)', (name, value) => {
      const code = name === 'localAddress' ? 'ERR_INVALID_IP_ADDRESS' : 'ERR_INVALID_ARG_TYPE';
      expect(() => opening({ host: 'localhost', port: 1 }, { [name]: value })).toThrow(
        errorWithCode(code),
      );
    });

    describe('connect() of the socket itself', () => {
      /** Node's own connect(), whichever way the socket was made. */
      async function reconnected(socket: net.Socket): Promise<string[]> {
        const said = transcriptOf(socket);
        socket.connect({ host: server.host, port: server.port });
        expect(socket).toMatchObject({ connecting: true, destroyed: false });
        await once(socket, 'ready');
        expect(socket).toMatchObject({ remotePort: server.port, readyState: 'open' });
        socket.destroy();
        await settled(socket);
        return said;
      }
      const AGAIN = ['connect', 'ready', 'close false'];

      test('connects it again after it was connected', async () => {
        const socket = opening(server);
        await once(socket, 'connect');
        socket.destroy();
        await settled(socket);
        expect(await reconnected(socket)).toEqual(AGAIN);
      });

      test('connects it again after it has failed', async () => {
        const socket = opening(refusing).on('error', () => undefined);
        await settled(socket);
        expect(await reconnected(socket)).toEqual(AGAIN);
      });

      test('connects it again after it was destroyed before it had connected', async () => {
        const socket = opening(hole);
        await new Promise((resolve) => setTimeout(resolve, 20));
        socket.destroy();
        await settled(socket);
        expect(await reconnected(socket)).toEqual(AGAIN);
      });

      test('tells of its attempt, after destroy() in the turn of the call too', async () => {
        const socket = opening(hole);
        socket.destroy();
        await settled(socket);
        const attempts: unknown[] = [];
        socket.on('connectionAttempt', (...given: unknown[]) => attempts.push(given));
        await reconnected(socket);
        expect(attempts).toEqual([[server.host, server.port, 4]]);
      });

      test('connects it again and again from its listener of close', async () => {
        const socket = opening(refusing);
        let failures = 0;
        await new Promise<void>((resolve) => {
          socket.on('error', () => failures++);
          socket.on('close', () => {
            if (failures < 5) socket.connect(refusing);
            else resolve();
          });
        });
        expect(failures).toBe(5);
      });
    });
  });
}

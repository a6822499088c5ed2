// What connect() promises beyond net.connect(): a list, its attempts, and ConnectErrors.

import { once } from 'node:events';
import * as net from 'node:net';

import {
  connect,
  ConnectError,
  type EndpointLike,
  type ListSocket,
  type SocketConnectOptions,
} from '#dist/index';
import { blackhole, type Blackhole } from '../support/blackhole';
import { openSockets } from '../support/descriptors';
import type { EngineUnderTest } from '../support/engine';
import { eventually } from '../support/eventually';
import { errorWithCode } from '../support/failure';
import { refusingPort } from '../support/ports';
import { serve, type TestServer } from '../support/servers';
import { transcriptOf } from '../support/transcript';

export function describeListSocket({ engine, options, races }: EngineUnderTest): void {
  describe('connect(): a socket to one endpoint of a list', () => {
    let server: TestServer;
    let hole: Blackhole;
    let alive: string;
    let dead: string;
    let refused: string;
    const opened: net.Socket[] = [];

    function opening(list: Iterable<EndpointLike>, more: SocketConnectOptions = {}): ListSocket {
      const socket = connect(list, { ...options, ...more });
      opened.push(socket);
      return socket;
    }

    async function errorOf(socket: net.Socket): Promise<ConnectError> {
      const [error] = (await once(socket, 'error')) as [ConnectError];
      return error;
    }

    beforeAll(async () => {
      [server, hole] = await Promise.all([serve(), blackhole()]);
      alive = `127.0.0.1:${server.port}`;
      dead = `127.0.0.1:${hole.port}`;
      refused = `127.0.0.1:${await refusingPort()}`;
    });
    afterEach(() => {
      for (const socket of opened.splice(0)) socket.destroy();
    });
    afterAll(() => Promise.all([server.close(), hole.close()]));

    test('connects to the endpoint that answers, and tells what was tried', async () => {
      const socket = opening([refused, alive]);
      expect(socket.attempts).toEqual([]);
      await once(socket, 'connect');
      expect(socket.remotePort).toBe(server.port);
      const connected = { host: '127.0.0.1', port: server.port, outcome: 'connected' };
      const failed = { outcome: 'failed', code: 'ECONNREFUSED' };
      expect(socket.attempts).toMatchObject(races ? [failed, connected] : [connected]);
      // It is said once, and stays so.
      expect(socket.attempts).toBe(socket.attempts);
    });

    test('says a ConnectError when nothing connects, with the attempts that the socket has too', async () => {
      const socket = opening([refused, refused]);
      const said = transcriptOf(socket);
      const error = await errorOf(socket);
      expect(error).toBeInstanceOf(ConnectError);
      expect(error).toMatchObject({ name: 'ConnectError', code: 'ECONNREFUSED' });
      expect(error.message).toContain(refused);
      expect(error.errors).toHaveLength(races ? 2 : 1);
      expect(error.attempts).toHaveLength(races ? 2 : 0);
      expect(socket.attempts).toEqual(error.attempts);
      await eventually(() => said.includes('close true'));
      expect(said).toEqual(['error ECONNREFUSED', 'close true']);
    });

    const ifItCutsOff = races ? test : test.skip;
    ifItCutsOff('timeout is the limit for connecting, and not of idleness', async () => {
      const failing = opening([dead, refused], { timeout: 100 });
      const lasting = opening([alive], { timeout: 100 });
      const said = transcriptOf(lasting);
      const error = await errorOf(failing);
      expect(error).toMatchObject({ name: 'ConnectError', code: 'ETIMEDOUT', syscall: 'connect' });
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(said).toEqual(['connect', 'ready']);
    });

    ifItCutsOff('attempts has those that have ended so far while it connects', async () => {
      const socket = opening([refused, dead]);
      await eventually(() => socket.attempts.length === 1);
      expect(socket.connecting).toBe(true);
      expect(socket.attempts).toMatchObject([{ outcome: 'failed', code: 'ECONNREFUSED' }]);
    });

    test('takes every form of an endpoint, from an iterable that can be read once', async () => {
      const { host, port } = server;
      const forms: EndpointLike[] = [
        alive,
        { host, port },
        new net.SocketAddress({ address: host, port }),
      ];
      for (const form of forms) {
        const once1 = (function* () {
          yield form;
        })();
        await once(opening(once1), 'connect');
      }
    });

    test('the list is read in the turn of the call', async () => {
      const list = [alive];
      const socket = opening(list);
      list[0] = refused;
      await once(socket, 'connect');
      expect(socket.remotePort).toBe(server.port);
    });

    test('a listener can be its second argument', async () => {
      const connected = new Promise<net.Socket>((resolve) => {
        const socket = connect([alive], () => resolve(socket));
        opened.push(socket);
      });
      expect((await connected).remotePort).toBe(server.port);
    });

    test('connect() of a socket that is connecting adds its listener, and is ignored otherwise', async () => {
      const socket = opening([alive]);
      let called = 0;
      expect(socket.connect(1, '192.0.2.1', () => called++)).toBe(socket);
      expect(socket.connect({ host: '192.0.2.1', port: 1 })).toBe(socket);
      await once(socket, 'ready');
      expect(socket.remotePort).toBe(server.port);
      expect(called).toBe(1);
    });

    test('what a policy or a lookup throws is the error of the socket', async () => {
      const thrown = new Error('on purpose');
      const throwing = (): never => {
        throw thrown;
      };
      expect(await errorOf(opening([alive], { policy: throwing }))).toBe(thrown);
      expect(await errorOf(opening(['name.test:1'], { lookup: throwing }))).toBe(thrown);
    });

    test('C22 destroy() closes what was tried, however far it had come', async () => {
      const before = openSockets();
      const ends = [0, 0, 1, 5, 20, 60].map(async (ms, i) => {
        const socket = opening([dead, dead, dead, alive], races ? { attemptDelay: 10 } : {});
        const said = transcriptOf(socket);
        if (i > 0) await new Promise((resolve) => setTimeout(resolve, ms));
        socket.destroy();
        await eventually(() => said.includes('close false'));
      });
      await Promise.all(ends);
      await eventually(() => server.sockets.size === 0);
      await eventually(() => openSockets() <= before);
    });

    test('C22 a signal that was aborted before the call lets nothing be tried', async () => {
      const before = openSockets();
      const socket = opening([alive], { signal: AbortSignal.abort() });
      const said = transcriptOf(socket);
      await eventually(() => said.includes('close true'));
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(said).toEqual(['error ABORT_ERR', 'close true']);
      expect(socket.attempts).toEqual([]);
      expect(server.sockets.size).toBe(0);
      expect(openSockets()).toBeLessThanOrEqual(before);
    });

    describe('bad arguments throw at once, with Node’s own code', () => {
      test.each<[string, unknown, unknown, unknown, string]>([
        ['no list', undefined, {}, undefined, 'ERR_INVALID_ARG_TYPE'],
        ['an empty list', [], {}, undefined, 'ERR_INVALID_ARG_VALUE'],
        ['no port', ['127.0.0.1'], {}, undefined, 'ERR_INVALID_ARG_VALUE'],
        ['a bad port', ['127.0.0.1:70000'], {}, undefined, 'ERR_SOCKET_BAD_PORT'],
        ['options that are text', ['[::1]:1'], 'fast', undefined, 'ERR_INVALID_ARG_TYPE'],
        ['options that are null', ['[::1]:1'], null, undefined, 'ERR_INVALID_ARG_TYPE'],
        ['a bad timeout', ['[::1]:1'], { timeout: -1 }, undefined, 'ERR_OUT_OF_RANGE'],
        ['a bad engine', ['[::1]:1'], { engine: 'steam' }, undefined, 'ERR_INVALID_ARG_VALUE'],
        ['a bad signal', ['[::1]:1'], { signal: {} }, undefined, 'ERR_INVALID_ARG_TYPE'],
        ['a bad listener', ['[::1]:1'], {}, 'listener', 'ERR_INVALID_ARG_TYPE'],
        ['TLS, which is tls.connect()’s', ['[::1]:1'], { tls: {} }, 0, 'ERR_INVALID_ARG_VALUE'],
      ])('%s', (_what, list, bad, listener, code) => {
        const before = openSockets();
        const merged = typeof bad === 'object' && bad !== null ? { engine, ...bad } : bad;
        const call = connect as (...given: unknown[]) => net.Socket;
        const calling = (): net.Socket => call(list, merged, listener);
        expect(calling).toThrow(errorWithCode(code));
        expect(openSockets()).toBe(before);
      });
    });
  });
}

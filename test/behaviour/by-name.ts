// C24: connectByName(), the sibling that takes one host name and one service.

import * as net from 'node:net';

import { connectByName, ConnectError, type ConnectOptions, type Connection } from '#dist/index';
import { blackhole, type Blackhole } from '../support/blackhole';
import { openSockets } from '../support/descriptors';
import type { EngineUnderTest } from '../support/engine';
import { connectErrorOf, failureOf } from '../support/failure';
import { refusingPort } from '../support/ports';
import { serveEcho, type TestServer } from '../support/servers';

export function describeByName({ engine, options, races }: EngineUnderTest): void {
  describe('by name', () => {
    // Where 'localhost' leads is the system's say: to either address, or to both.
    let servers: TestServer[];
    let port: number;
    const opened: net.Socket[] = [];

    beforeAll(async () => {
      servers = await serveOnBoth();
      port = servers[0]?.port as number;
    });
    afterEach(() => {
      for (const socket of opened.splice(0)) socket.destroy();
    });
    afterAll(() => Promise.all(servers.map((server) => server.close())));

    async function connect(
      host: string,
      service: string | number,
      more: ConnectOptions = {},
    ): Promise<Connection> {
      const connection = await connectByName(host, service, { ...options, ...more });
      opened.push(connection.socket);
      return connection;
    }

    test('C24 a name and a port number lead to a connection', async () => {
      const connection = await connect('localhost', port);
      expect(connection.engine).toBe(engine);
      expect(['::1', '127.0.0.1']).toContain(connection.remoteAddress.address);
      expect(connection.remoteAddress.port).toBe(port);
      expect(connection.localAddress.port).toBe(connection.socket.localPort);
      const { socket } = connection;
      socket.setEncoding('utf8').end('by name');
      let text = '';
      for await (const chunk of socket) text += String(chunk);
      expect(text).toBe('by name');
    });

    test('C24 the port may be given as its digits', async () => {
      const { remoteAddress } = await connect('localhost', String(port));
      expect(remoteAddress.port).toBe(port);
    });

    test('the attempt that won has the name as its host', async () => {
      const { attempts } = await connect('localhost', port);
      expect(attempts.at(-1)).toMatchObject({ host: 'localhost', port, outcome: 'connected' });
      expect(attempts.at(-1)?.end).toBeGreaterThan(attempts.at(-1)?.start as number);
    });

    test('an address stands for itself', async () => {
      const { remoteAddress } = await connect('::1', port);
      expect(remoteAddress).toMatchObject({ address: '::1', port });
    });

    test('a lookup of the caller’s resolves the name, whichever the engine', async () => {
      const lookup: net.LookupFunction = (name, _options, callback) => {
        callback(null, name === 'node.test' ? '127.0.0.1' : '::1', name === 'node.test' ? 4 : 6);
      };
      const { remoteAddress, engine: used } = await connect('node.test', port, { lookup });
      expect(remoteAddress).toMatchObject({ address: '127.0.0.1', port });
      expect(used).toBe(engine);
    });

    test('a blockList holds for the addresses of the name, whichever the engine', async () => {
      const blockList = new net.BlockList();
      blockList.addAddress('127.0.0.1');
      blockList.addAddress('::1', 'ipv6');
      const error = await connectErrorOf(connect('localhost', port, { blockList }));
      expect(new Set(error.attempts.map(({ outcome }) => outcome))).toEqual(new Set(['blocked']));
    });

    test('family decides which addresses of the name are taken, whichever the engine', async () => {
      const lookup: net.LookupFunction = (_name, _options, callback) => {
        callback(null, [
          { address: '::1', family: 6 },
          { address: '127.0.0.1', family: 4 },
        ]);
      };
      const { remoteAddress } = await connect('node.test', port, { lookup, family: 4 });
      expect(remoteAddress.address).toBe('127.0.0.1');
    });

    test('a name without an address is ENOTFOUND, with the name in the message', async () => {
      const lookup: net.LookupFunction = (name, _options, callback) => {
        const error = new Error(`getaddrinfo ENOTFOUND ${name}`);
        callback(Object.assign(error, { code: 'ENOTFOUND' }), []);
      };
      const error = await connectErrorOf(connect('nowhere.test', port, { lookup }));
      expect(error.code).toBe('ENOTFOUND');
      expect(error.message).toContain('nowhere.test');
    });

    test('a port where nobody listens is a ConnectError, ECONNREFUSED', async () => {
      const refusing = await refusingPort('::1');
      const error = await connectErrorOf(connect('localhost', refusing));
      expect(error.code).toBe('ECONNREFUSED');
      expect(error.message).toContain(`localhost:${refusing}`);
    });

    test('a timeout that is long enough is not noticed', async () => {
      const { remoteAddress } = await connect('localhost', port, { timeout: 20_000 });
      expect(remoteAddress.port).toBe(port);
    });

    describe('with a host that never answers', () => {
      let hole: Blackhole;
      beforeAll(async () => {
        hole = await blackhole('::1');
      });
      afterAll(() => hole.close());

      test('an abort rejects at once, with the reason of the signal', async () => {
        const controller = new AbortController();
        const reason = new Error('the user left');
        const { signal } = controller;
        const pending = failureOf(connect('::1', hole.port, { signal }));
        setTimeout(() => controller.abort(reason), 50);
        const before = performance.now();
        expect(await pending).toBe(reason);
        // Below the 21 s that Windows waits for an answer, and the two minutes of Linux.
        expect(performance.now() - before).toBeLessThan(15_000);
      });

      const ifItCutsOff = races ? test : test.skip;
      ifItCutsOff('the timeout cuts the call off', async () => {
        const error = await connectErrorOf(connect('::1', hole.port, { timeout: 100 }));
        expect(error.code).toBe('ETIMEDOUT');
      });
    });

    test('an aborted signal rejects before anything is tried', async () => {
      const before = openSockets();
      const signal = AbortSignal.abort('never');
      expect(await failureOf(connect('localhost', port, { signal }))).toBe('never');
      expect(openSockets()).toBe(before);
    });

    describe('bad input is refused with Node’s own code, before any socket exists', () => {
      test.each<[string, unknown, unknown, string]>([
        ['no host', undefined, 80, 'ERR_INVALID_ARG_TYPE'],
        ['a host that is an object', { host: 'localhost' }, 80, 'ERR_INVALID_ARG_TYPE'],
        ['an empty host', '', 80, 'ERR_INVALID_ARG_VALUE'],
        ['a host with a blank', 'a b', 80, 'ERR_INVALID_ARG_VALUE'],
        ['a host with a NUL', 'localhost\0', 80, 'ERR_INVALID_ARG_VALUE'],
        ['a host with its port', 'localhost:80', 80, 'ERR_INVALID_ARG_VALUE'],
        ['no service', 'localhost', undefined, 'ERR_INVALID_ARG_TYPE'],
        ['a service that is null', 'localhost', null, 'ERR_INVALID_ARG_TYPE'],
        ['a port above 65535', 'localhost', 65536, 'ERR_SOCKET_BAD_PORT'],
        ['a port below 0', 'localhost', -1, 'ERR_SOCKET_BAD_PORT'],
        ['half a port', 'localhost', 80.5, 'ERR_SOCKET_BAD_PORT'],
        ['digits above 65535', 'localhost', '65536', 'ERR_SOCKET_BAD_PORT'],
        ['a service that nobody knows', 'localhost', 'no-such-service', 'ERR_INVALID_ARG_VALUE'],
        ['an empty service', 'localhost', '', 'ERR_INVALID_ARG_VALUE'],
        ['a service with a NUL', 'localhost', 'http\0', 'ERR_INVALID_ARG_VALUE'],
      ])('%s', async (_what, host, service, code) => {
        const before = openSockets();
        const failure = await failureOf(connect(host as string, service as string));
        expect(failure).toMatchObject({ code });
        expect(failure).not.toBeInstanceOf(ConnectError);
        expect((failure as Error).message).not.toContain('endpoints');
        expect(openSockets()).toBe(before);
      });

      test('an unknown service is named, and what to do is said', async () => {
        const failure = await failureOf(connect('localhost', 'no-such-service'));
        expect((failure as Error).message).toContain("'no-such-service'");
        expect((failure as Error).message).toContain('give the port as a number');
      });

      test('options that are none', async () => {
        const failure = await failureOf(
          connectByName('localhost', port, 'fast' as unknown as ConnectOptions),
        );
        expect(failure).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
      });
    });
  });
}

/** On one port of both addresses of loopback. */
async function serveOnBoth(): Promise<TestServer[]> {
  const v6 = await serveEcho('::1');
  return [v6, await serveEcho('127.0.0.1', v6.port)];
}

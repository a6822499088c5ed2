// What every engine does with a list that cannot be connected to, or that is none.

import { inspect } from 'node:util';

import { connectByList, ConnectError, type ConnectOptions, type EndpointLike } from '#dist/index';
import { blackhole, type Blackhole } from '../support/blackhole';
import { openSockets } from '../support/descriptors';
import type { EngineUnderTest } from '../support/engine';
import { connectErrorOf, failureOf } from '../support/failure';
import { refusingPorts } from '../support/ports';
import { serve } from '../support/servers';

export function describeFailing({ options, races }: EngineUnderTest): void {
  describe('failing', () => {
    test('C14 when every endpoint has failed, one ConnectError has an error for each', async () => {
      const [first, second] = await refusingPorts(2);
      const [third] = await refusingPorts(1, '::1');
      const list = [`[::1]:${third}`, `127.0.0.1:${first}`, `127.0.0.1:${second}`];
      const error = await connectErrorOf(connectByList(list, options));
      expect(error).toBeInstanceOf(AggregateError);
      expect(error).toMatchObject({ name: 'ConnectError', code: 'ECONNREFUSED' });
      expect(error.errno).toBeLessThan(0);
      for (const endpoint of list) expect(error.message).toContain(endpoint);
      expect(error.stack).toContain('failing.');
      if (races) {
        expect(error.errors).toMatchObject([
          { code: 'ECONNREFUSED', syscall: 'connect', address: '::1', port: third },
          { code: 'ECONNREFUSED', syscall: 'connect', address: '127.0.0.1', port: first },
          { code: 'ECONNREFUSED', syscall: 'connect', address: '127.0.0.1', port: second },
        ]);
        const outcomes = error.attempts.map(({ outcome }) => outcome);
        expect(outcomes).toEqual(['failed', 'failed', 'failed']);
      } else {
        const winsock = { syscall: 'WSAConnectByList', wsaName: 'WSAECONNREFUSED', wsaCode: 10061 };
        expect(error).toMatchObject(winsock);
        expect(error.errors).toMatchObject([{ code: 'ECONNREFUSED', ...winsock }]);
        expect(error.attempts).toEqual([]);
      }
    });

    test('the errors are made when somebody looks, and are those of every AggregateError then', async () => {
      const list = (await refusingPorts(2)).map((port) => `127.0.0.1:${port}`);
      const printed = inspect(await connectErrorOf(connectByList(list, options)));
      expect(printed).toContain('[errors]: [');
      expect(printed.match(/syscall: /g)).toHaveLength(races ? 3 : 2);
      const error = await connectErrorOf(connectByList(list, options));
      const { errors } = error;
      expect(errors).toHaveLength(races ? 2 : 1);
      expect(error.errors).toBe(errors);
      expect(Object.getOwnPropertyDescriptor(error, 'errors')).toEqual({
        value: errors,
        writable: true,
        enumerable: false,
        configurable: true,
      });
    });

    test('C14 the code is that of the attempt which failed last', async () => {
      const [refusing] = await refusingPorts(1);
      const zone = '[fe80::1%no-such-zone]:80';
      const list = [zone, `127.0.0.1:${refusing}`];
      const error = await connectErrorOf(connectByList(list, options));
      // To the race this host has no way to the zone, and so it goes last; Winsock is not given it.
      expect(error.code).toBe(races ? 'EINVAL' : 'ECONNREFUSED');
      expect(error.code).toBe(error.errors.at(-1)?.code);
    });

    describe('with an endpoint that never answers', () => {
      let hole: Blackhole;
      beforeAll(async () => {
        hole = await blackhole();
      });
      afterAll(() => hole.close());

      test('an abort rejects at once, with the reason of the signal', async () => {
        const controller = new AbortController();
        const reason = new Error('the user left');
        const pending = failureOf(
          connectByList([`127.0.0.1:${hole.port}`], { ...options, signal: controller.signal }),
        );
        setTimeout(() => controller.abort(reason), 50);
        const before = performance.now();
        expect(await pending).toBe(reason);
        // Below the 21 s that Windows waits for an answer, and the two minutes of Linux.
        expect(performance.now() - before).toBeLessThan(15_000);
      });

      test('AbortSignal.timeout() ends the call with its TimeoutError', async () => {
        const signal = AbortSignal.timeout(50);
        const failure = await failureOf(
          connectByList([`127.0.0.1:${hole.port}`], { ...options, signal }),
        );
        expect(failure).toBe(signal.reason);
      });
    });

    test('an aborted signal rejects before anything is tried', async () => {
      const server = await serve();
      let connected = 0;
      void server.accepted().then(() => connected++);
      const signal = AbortSignal.abort('never');
      const failure = await failureOf(
        connectByList([`127.0.0.1:${server.port}`], { ...options, signal }),
      );
      expect(failure).toBe('never');
      const { socket } = await connectByList([`127.0.0.1:${server.port}`], options);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(connected).toBe(1);
      expect(server.sockets.size).toBe(1);
      socket.destroy();
      await server.close();
    });

    test('a signal that is aborted after the connect has no effect on the socket', async () => {
      const server = await serve();
      const controller = new AbortController();
      const { socket } = await connectByList([`127.0.0.1:${server.port}`], {
        ...options,
        signal: controller.signal,
      });
      controller.abort();
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(socket.destroyed).toBe(false);
      socket.destroy();
      await server.close();
    });

    describe('C16 bad input is refused with Node’s own code, before any socket exists', () => {
      const good = ['127.0.0.1:1'];
      const forever = (function* () {
        for (;;) yield '127.0.0.1:1';
      })();
      test.each<[string, unknown, unknown, string]>([
        ['no list', undefined, {}, 'ERR_INVALID_ARG_TYPE'],
        ['a list that is null', null, {}, 'ERR_INVALID_ARG_TYPE'],
        ['a list that is not iterable', { length: 1 }, {}, 'ERR_INVALID_ARG_TYPE'],
        ['a string for a list', '127.0.0.1:1', {}, 'ERR_INVALID_ARG_TYPE'],
        ['an empty list', [], {}, 'ERR_INVALID_ARG_VALUE'],
        ['a list without an end', forever, {}, 'ERR_OUT_OF_RANGE'],
        ['an endpoint that is a number', [80], {}, 'ERR_INVALID_ARG_TYPE'],
        ['an endpoint that is null', [null], {}, 'ERR_INVALID_ARG_TYPE'],
        ['an endpoint without a host', [{ port: 80 }], {}, 'ERR_INVALID_ARG_TYPE'],
        ['an endpoint without a port', [{ host: '::1' }], {}, 'ERR_SOCKET_BAD_PORT'],
        ['a string without a port', ['127.0.0.1'], {}, 'ERR_INVALID_ARG_VALUE'],
        ['a string with an empty port', ['127.0.0.1:'], {}, 'ERR_SOCKET_BAD_PORT'],
        ['a port of text', ['127.0.0.1:http'], {}, 'ERR_SOCKET_BAD_PORT'],
        ['a port above 65535', ['127.0.0.1:65536'], {}, 'ERR_SOCKET_BAD_PORT'],
        ['a port below 0', [{ host: '::1', port: -1 }], {}, 'ERR_SOCKET_BAD_PORT'],
        ['half a port', [{ host: '::1', port: 80.5 }], {}, 'ERR_SOCKET_BAD_PORT'],
        ['a port that is NaN', [{ host: '::1', port: NaN }], {}, 'ERR_SOCKET_BAD_PORT'],
        ['an empty host', [{ host: '', port: 80 }], {}, 'ERR_INVALID_ARG_VALUE'],
        ['a host with a blank', ['a b:80'], {}, 'ERR_INVALID_ARG_VALUE'],
        ['a host with a NUL', [{ host: 'a\0b', port: 80 }], {}, 'ERR_INVALID_ARG_VALUE'],
        ['a URL', ['http://[::1]:80'], {}, 'ERR_INVALID_ARG_VALUE'],
        ['IPv6 without brackets', ['::1:80'], {}, 'ERR_INVALID_ARG_VALUE'],
        ['IPv4 in brackets', ['[127.0.0.1]:80'], {}, 'ERR_INVALID_ARG_VALUE'],
        ['options that are text', good, 'fast', 'ERR_INVALID_ARG_TYPE'],
        ['options that are null', good, null, 'ERR_INVALID_ARG_TYPE'],
        ['an engine of fantasy', good, { engine: 'steam' }, 'ERR_INVALID_ARG_VALUE'],
        ['a timeout that is NaN', good, { timeout: NaN }, 'ERR_OUT_OF_RANGE'],
        ['a timeout below 0', good, { timeout: -1 }, 'ERR_OUT_OF_RANGE'],
        ['a timeout of 0', good, { timeout: 0 }, 'ERR_OUT_OF_RANGE'],
        ['a timeout of text', good, { timeout: '1s' }, 'ERR_INVALID_ARG_TYPE'],
        ['an attemptTimeout that is NaN', good, { attemptTimeout: NaN }, 'ERR_OUT_OF_RANGE'],
        ['an attemptTimeout below 0', good, { attemptTimeout: -5 }, 'ERR_OUT_OF_RANGE'],
        ['an attemptDelay that is NaN', good, { attemptDelay: NaN }, 'ERR_OUT_OF_RANGE'],
        ['an attemptDelay below 10', good, { attemptDelay: 9 }, 'ERR_OUT_OF_RANGE'],
        ['a signal that is none', good, { signal: {} }, 'ERR_INVALID_ARG_TYPE'],
        ['a lookup that is none', good, { lookup: 'dns' }, 'ERR_INVALID_ARG_TYPE'],
        ['noDelay that is no boolean', good, { noDelay: 1 }, 'ERR_INVALID_ARG_TYPE'],
        ['highWaterMark below 0', good, { highWaterMark: -1 }, 'ERR_OUT_OF_RANGE'],
        ['onread without a callback', good, { onread: {} }, 'ERR_INVALID_ARG_TYPE'],
      ])('%s', async (_what, list, bad, code) => {
        const before = openSockets();
        const merged = typeof bad === 'object' && bad !== null ? { ...options, ...bad } : bad;
        const failure = await failureOf(
          connectByList(list as Iterable<EndpointLike>, merged as ConnectOptions),
        );
        expect(failure).toMatchObject({ code });
        expect(failure).toBeInstanceOf(
          code.includes('RANGE') || code.includes('PORT') ? RangeError : TypeError,
        );
        expect(failure).not.toBeInstanceOf(ConnectError);
        expect((failure as Error).stack).toContain(`[${code}]`);
        expect(openSockets()).toBe(before);
      });

      test('what an iterator or a getter throws rejects the call as it is', async () => {
        const thrown = new Error('hostile');
        const endpoint = {
          get host(): string {
            throw thrown;
          },
          port: 80,
        };
        expect(await failureOf(connectByList([endpoint], options))).toBe(thrown);
      });
    });
  });
}

// TlsListAgent for https: the same over TLS, which decides the race unless it is told otherwise; and what http.Agent
// promises holds meanwhile.

import { once } from 'node:events';
import * as https from 'node:https';
import type * as net from 'node:net';
import * as tls from 'node:tls';

import { TlsListAgent } from '#dist/index';
import { CA as cert, KEY as key } from '../support/certificate';
import { openSockets } from '../support/descriptors';
import { eventually } from '../support/eventually';
import { errorWithCode } from '../support/failure';
import { refusingPort } from '../support/ports';
import { serve, type TestServer } from '../support/servers';
import { answerOf, closedAfterEach, errorOf, type WebServer } from '../support/web';

const RACE = { engine: 'race', history: false } as const;

/** An AbortController, in two. */
function abortable(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

describe('agents', () => {
  const { ends, web, used } = closedAfterEach();
  let refused: string;

  beforeAll(async () => {
    refused = `127.0.0.1:${await refusingPort()}`;
  });

  describe('TlsListAgent', () => {
    const secureWeb = (): Promise<WebServer> => web(https.createServer({ key, cert }));

    async function bad(serveSocket?: (socket: net.Socket) => void): Promise<TestServer> {
      const server = await serve('127.0.0.1', serveSocket);
      ends.push(() => server.close());
      return server;
    }

    describe.each(['connect', 'secureConnect'] as const)('raceUntil: %s', (raceUntil) => {
      test('keeps the Host header and the server name, and checks the certificate for it', async () => {
        const server = await secureWeb();
        const agent = used(new TlsListAgent([refused, server.at], { raceUntil, ca: cert }));
        const request = https.get('https://localhost:4433/path', { agent });
        const seen = await answerOf(request);
        const name = 'localhost';
        expect(seen).toMatchObject({ url: '/path', host: 'localhost:4433', servername: name });
        expect(request.socket).toMatchObject({ authorized: true });

        const error = await errorOf(https.get('https://other.test/', { agent }));
        expect(error.code).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
      });

      test('the options of a request hold for it', async () => {
        const server = await secureWeb();
        const agent = used(new TlsListAgent([server.at], { raceUntil }));
        const error = await errorOf(https.get('https://localhost/', { agent }));
        expect(error.code).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
        const trusting = { agent, rejectUnauthorized: false, servername: 'asked.test' };
        const seen = await answerOf(https.get('https://localhost/', trusting));
        expect(seen.servername).toBe('asked.test');
      });

      test('keeps connections alive, and uses them again', async () => {
        const server = await secureWeb();
        const options = { raceUntil, ca: cert, keepAlive: true };
        const agent = used(new TlsListAgent([refused, server.at], options));
        for (let i = 0; i < 3; i++) {
          const request = https.get('https://localhost/', { agent });
          await answerOf(request);
          expect(request.reusedSocket).toBe(i > 0);
          await eventually(() => Object.keys(agent.freeSockets).length === 1);
        }
        expect(server.connections()).toBe(1);
      });

      test('the timeout of a request is one of idleness', async () => {
        const server = await secureWeb();
        const agent = used(new TlsListAgent([server.at], { raceUntil, ca: cert }));
        const request = https.get('https://localhost/never', { agent, timeout: 200 });
        await once(request, 'timeout');
        const failed = errorOf(request);
        request.destroy();
        expect(await failed).toMatchObject({ code: 'ECONNRESET' });
      });

      test('the error of a request is the ConnectError where nothing connects', async () => {
        const agent = used(new TlsListAgent([refused, refused], { raceUntil, connect: RACE }));
        const error = await errorOf(https.get('https://localhost/', { agent }));
        expect(error).toMatchObject({ name: 'ConnectError', code: 'ECONNREFUSED' });
      });
    });

    test('a server that accepts and does not shake hands: the next one answers, until secureConnect', async () => {
      const [garbling, hanging, good] = [
        await bad((socket) => socket.resume().write('nonsense')),
        await bad(),
        await secureWeb(),
      ];
      const list = [garbling, hanging].map(({ host, port }) => `${host}:${port}`).concat(good.at);
      const raceUntil = 'secureConnect';
      const agent = used(new TlsListAgent(list, { raceUntil, ca: cert }));
      expect(await answerOf(https.get('https://localhost/', { agent }))).toMatchObject({
        url: '/',
      });
      await eventually(() => garbling.sockets.size + hanging.sockets.size === 0);
    });

    test('destroy() of the agent gives up what is being made, and the agent can be used again', async () => {
      const [hanging, good] = [await bad(), await secureWeb()];
      let list = [`127.0.0.1:${hanging.port}`];
      const agent = used(new TlsListAgent(() => list, { raceUntil: 'secureConnect', ca: cert }));
      const request = https.get('https://localhost/', { agent });
      await eventually(() => hanging.sockets.size === 1);
      agent.destroy();
      expect(await errorOf(request)).toMatchObject({
        code: 'ECONNRESET',
        message: 'socket hang up',
      });
      await eventually(() => hanging.sockets.size === 0);
      list = [good.at];
      expect(await answerOf(https.get('https://localhost/', { agent }))).toMatchObject({
        url: '/',
      });
    });

    test('a server that accepts and does not shake hands: it is an error, until connect', async () => {
      const garbling = await bad((socket) => socket.resume().write('nonsense'));
      const good = await secureWeb();
      const list = [`127.0.0.1:${garbling.port}`, good.at];
      const agent = used(new TlsListAgent(list, { ca: cert, raceUntil: 'connect' }));
      const error = await errorOf(https.get('https://localhost/', { agent }));
      expect(error.code).toMatch(/^(EPROTO|ERR_SSL_\w+)$/);
      expect(good.connections()).toBe(0);
    });

    test.each(['connect', 'secureConnect'] as const)(
      'a session is used again, until %s',
      async (raceUntil) => {
        const server = await secureWeb();
        const agent = used(
          new TlsListAgent([server.at], { ca: cert, maxVersion: 'TLSv1.2', raceUntil }),
        );
        const reused: boolean[] = [];
        for (let i = 0; i < 2; i++) {
          const request = https.get('https://localhost/', { agent });
          await answerOf(request);
          if (request.socket instanceof tls.TLSSocket)
            reused.push(request.socket.isSessionReused());
        }
        expect(reused).toEqual([false, true]);
      },
    );

    describe('what http.Agent promises, while TLS decides', () => {
      test('maxSockets counts connections from their start', async () => {
        const server = await secureWeb();
        const options = { ca: cert, maxSockets: 1, keepAlive: true };
        const agent = used(new TlsListAgent([server.at], options));
        const requests = Array.from({ length: 8 }, () =>
          https.get('https://localhost/', { agent }),
        );
        await Promise.all(requests.map(answerOf));
        expect(server.connections()).toBe(1);
      });

      test('every queued request settles when nothing connects', async () => {
        const options = { ca: cert, maxSockets: 1, connect: RACE };
        const agent = used(new TlsListAgent([refused], options));
        const requests = Array.from({ length: 4 }, () =>
          https.get('https://localhost/', { agent }),
        );
        for (const error of await Promise.all(requests.map(errorOf))) {
          expect(error).toMatchObject({ name: 'ConnectError', code: 'ECONNREFUSED' });
        }
        expect(agent.sockets).toEqual({});
        expect((agent as unknown as { totalSocketCount: number }).totalSocketCount).toBe(0);
      });

      test.each(['destroy', 'abort', 'signal'] as const)(
        'a request is given up at once by %s, and the next one gets its turn',
        async (way) => {
          const [hanging, good] = [await bad(), await secureWeb()];
          let list = [`127.0.0.1:${hanging.port}`];
          const agent = used(new TlsListAgent(() => list, { ca: cert, maxSockets: 1 }));
          const { signal, abort } = abortable();
          const request = https.get('https://localhost/', { agent, signal });
          const failed = errorOf(request);
          const answered = answerOf(https.get('https://localhost/', { agent }));
          await eventually(() => hanging.sockets.size === 1);
          list = [good.at];
          if (way === 'signal') abort();
          else request[way]();
          const code = way === 'signal' ? 'ABORT_ERR' : 'ECONNRESET';
          expect(await failed).toMatchObject({ code });
          await eventually(() => hanging.sockets.size === 0);
          expect(await answered).toMatchObject({ url: '/' });
        },
      );

      test.each(['as an option', 'by setTimeout()'])('a timeout %s is heard', async (way) => {
        const hanging = await bad();
        const agent = used(new TlsListAgent([`127.0.0.1:${hanging.port}`], { ca: cert }));
        const isOption = way === 'as an option';
        const request = https.get('https://localhost/', {
          agent,
          ...(isOption && { timeout: 50 }),
        });
        if (!isOption) request.setTimeout(50);
        const failed = errorOf(request);
        await once(request, 'timeout');
        request.destroy(new Error('too slow'));
        expect((await failed).message).toBe('too slow');
        await eventually(() => hanging.sockets.size === 0);
      });

      test('the signal of connect and destroy() of the agent both end the call', async () => {
        for (const way of ['signal', 'destroy'] as const) {
          const hanging = await bad();
          const { signal, abort } = abortable();
          const list = [`127.0.0.1:${hanging.port}`];
          const agent = used(new TlsListAgent(list, { ca: cert, connect: { signal } }));
          const failed = errorOf(https.get('https://localhost/', { agent }));
          await eventually(() => hanging.sockets.size === 1);
          if (way === 'signal') abort();
          else agent.destroy();
          expect((await failed).name).toBe(way === 'signal' ? 'AbortError' : 'Error');
          await eventually(() => hanging.sockets.size === 0);
        }
      });

      test('a request that has got a socket which became free hears nothing of its own attempts', async () => {
        const [hanging, good] = [await bad(), await secureWeb()];
        let list = [good.at];
        const agent = used(
          new TlsListAgent(() => list, {
            ...{ ca: cert, maxSockets: 2, keepAlive: true },
            connect: { timeout: 400 },
          }),
        );
        const first = https.get('https://localhost/', { agent });
        await once(first, 'socket');
        list = [`127.0.0.1:${hanging.port}`];
        // One begins attempts that lead to nothing; the other waits for one of the two sockets.
        const second = https.get('https://localhost/', { agent });
        const errors: unknown[] = [];
        second.on('error', (error) => errors.push(error));
        const third = https.get('https://localhost/', { agent });
        third.on('error', (error) => errors.push(error));
        const answers = [answerOf(third)];
        await answerOf(first);
        await Promise.all(answers);
        await eventually(() => errors.length === 1);
        await new Promise((resolve) => setTimeout(resolve, 500));
        expect(errors).toMatchObject([{ name: 'ConnectError' }]);
        third.destroy();
        expect(errors).toHaveLength(1);
      });

      test('abort() in the turn of the call: abort and close, and no error, as with https.Agent', async () => {
        const list = [(await secureWeb()).at];
        const makers = [() => new TlsListAgent(list, { ca: cert }), () => new https.Agent()];
        for (const make of makers) {
          const agent = make();
          const events: string[] = [];
          const request = https.get('https://localhost/', { agent, port: 1 });
          for (const event of ['abort', 'error', 'close']) {
            request.on(event, () => events.push(event));
          }
          // eslint-disable-next-line @typescript-eslint/no-deprecated -- it is what is tested
          request.abort();
          await eventually(() => events.includes('close'));
          expect(events.sort()).toEqual(['abort', 'close']);
          agent.destroy();
        }
      });

      test('the agent emits keylog', async () => {
        const server = await secureWeb();
        const agent = used(new TlsListAgent([server.at], { ca: cert }));
        const lines: string[] = [];
        agent.on('keylog', (line: Buffer) => lines.push(String(line)));
        await answerOf(https.get('https://localhost/', { agent }));
        expect(lines.join()).toContain('CLIENT_HANDSHAKE_TRAFFIC_SECRET');
      });
    });

    test('options that TLS refuses leave nothing open', async () => {
      const server = await bad();
      const before = openSockets();
      for (const raceUntil of ['connect', 'secureConnect'] as const) {
        const options = { raceUntil, connect: RACE };
        const agent = used(new TlsListAgent([`127.0.0.1:${server.port}`], options));
        const error = await new Promise<Error>((resolve) => {
          try {
            https.get('https://localhost/', { agent, ciphers: 'NO-SUCH' }).on('error', resolve);
          } catch (thrown) {
            resolve(thrown as Error);
          }
        });
        expect(error.message).toMatch(/cipher/i);
      }
      await eventually(() => openSockets() <= before && server.sockets.size === 0);
    });

    test('bad arguments throw at once', () => {
      expect(() => new TlsListAgent([], {})).toThrow(errorWithCode('ERR_INVALID_ARG_VALUE'));
      const raceUntil = 'later' as 'connect';
      expect(() => new TlsListAgent([refused], { raceUntil })).toThrow(
        errorWithCode('ERR_INVALID_ARG_VALUE'),
      );
    });
  });
});

// Agents for http and https: what a request asks for stays as it is, and its connection goes to whichever
// endpoint of a list answers.

import { once } from 'node:events';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import * as net from 'node:net';
import * as path from 'node:path';
import * as tls from 'node:tls';

import { ListAgent, TlsListAgent, type EndpointLike } from '#dist/index';
import { blackhole } from '../support/blackhole';
import { openSockets } from '../support/descriptors';
import { eventually } from '../support/eventually';
import { errorWithCode } from '../support/failure';
import { refusingPort } from '../support/ports';
import { serve, type TestServer } from '../support/servers';

const FIXTURES = path.join(__dirname, '../../test/fixtures');
const key = fs.readFileSync(path.join(FIXTURES, 'key.pem'));
const cert = fs.readFileSync(path.join(FIXTURES, 'cert.pem'));
const RACE = { engine: 'race', history: false } as const;

/** What a request came with. */
interface Seen {
  url: string | undefined;
  host: string | undefined;
  from: string | undefined;
  servername: string | undefined;
}

interface WebServer {
  readonly at: string;
  /** The connections that are open. */
  readonly sockets: ReadonlySet<net.Socket>;
  /** How many there have been. */
  connections(): number;
  close(): Promise<void>;
}

/** A server that answers with what it has seen of the request; not at all where the path is /never. */
async function serveWeb(server: http.Server): Promise<WebServer> {
  const sockets = new Set<net.Socket>();
  let connections = 0;
  server.on('connection', (socket: net.Socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('request', (request: http.IncomingMessage, response: http.ServerResponse) => {
    if (request.url === '/never') return;
    const { url, headers, socket } = request;
    const { servername } = socket as { servername?: string };
    const seen: Seen = { url, host: headers.host, from: socket.remoteAddress, servername };
    response.end(JSON.stringify(seen));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  return {
    at: `127.0.0.1:${port}`,
    sockets,
    connections: () => connections,
    close: async () => {
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answerOf(request: http.ClientRequest): Promise<Seen> {
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return JSON.parse(text) as Seen;
}

async function errorOf(request: http.ClientRequest): Promise<NodeJS.ErrnoException> {
  const [error] = (await once(request, 'error')) as [NodeJS.ErrnoException];
  return error;
}

/** An AbortController, in two. */
function abortable(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

describe('agents', () => {
  const ends: (() => unknown)[] = [];
  let refused: string;

  beforeAll(async () => {
    refused = `127.0.0.1:${await refusingPort()}`;
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function web(server: http.Server): Promise<WebServer> {
    const made = await serveWeb(server);
    ends.push(() => made.close());
    return made;
  }

  function used<T extends http.Agent>(agent: T): T {
    ends.push(() => agent.destroy());
    return agent;
  }

  describe('ListAgent', () => {
    const plainWeb = (): Promise<WebServer> => web(http.createServer());

    test('keeps the Host header, and reaches the endpoint that answers', async () => {
      const server = await plainWeb();
      const agent = used(new ListAgent([refused, server.at]));
      const seen = await answerOf(http.get('http://service.test:8080/path?query', { agent }));
      expect(seen).toMatchObject({ url: '/path?query', host: 'service.test:8080' });
    });

    test('keeps connections alive, and uses them again for the same host', async () => {
      const server = await plainWeb();
      const agent = used(new ListAgent([refused, server.at], { keepAlive: true }));
      for (let i = 0; i < 3; i++) {
        const request = http.get('http://service.test/', { agent });
        await answerOf(request);
        expect(request.reusedSocket).toBe(i > 0);
        await eventually(() => Object.keys(agent.freeSockets).length === 1);
      }
      expect(server.connections()).toBe(1);
      // The pool is by the name that was asked for, and not by the endpoint.
      await answerOf(http.get('http://other.test/', { agent }));
      expect(server.connections()).toBe(2);
    });

    test('maxSockets holds', async () => {
      const server = await plainWeb();
      const agent = used(new ListAgent([server.at], { keepAlive: true, maxSockets: 2 }));
      const requests = Array.from({ length: 6 }, () => http.get('http://service.test/', { agent }));
      await Promise.all(requests.map(answerOf));
      expect(server.connections()).toBe(2);
    });

    test('a function knows the endpoints for each request', async () => {
      const [first, second] = [await plainWeb(), await plainWeb()];
      const asked: unknown[] = [];
      const agent = used(
        new ListAgent(({ host, port }): EndpointLike[] => {
          asked.push([host, port]);
          return [host === 'first.test' ? first.at : second.at];
        }),
      );
      await answerOf(http.get('http://first.test/', { agent }));
      await answerOf(http.get('http://second.test:81/', { agent }));
      expect(asked).toEqual([
        ['first.test', 80],
        ['second.test', 81],
      ]);
      expect([first.connections(), second.connections()]).toEqual([1, 1]);
    });

    test('the localAddress of a request is where it comes from', async () => {
      const server = await plainWeb();
      const agent = used(new ListAgent([server.at]));
      const options = { agent, localAddress: '127.0.0.1' };
      const request = http.get('http://service.test/', options);
      expect((await answerOf(request)).from).toBe('127.0.0.1');
      const bad = { agent, localAddress: 'nowhere' };
      expect(() => http.get('http://service.test/', bad)).toThrow(
        errorWithCode('ERR_INVALID_IP_ADDRESS'),
      );
    });

    test.each([
      ['of the request', { timeout: 60 }, {}],
      ['of the agent', {}, { timeout: 60 }],
    ])('the timeout %s is one of idleness', async (_whose, ofRequest, ofAgent) => {
      const server = await plainWeb();
      const agent = used(new ListAgent([server.at], ofAgent));
      const request = http.get('http://service.test/never', { agent, ...ofRequest });
      await once(request, 'timeout');
      expect(server.connections()).toBe(1);
      const failed = errorOf(request);
      request.destroy();
      expect(await failed).toMatchObject({ code: 'ECONNRESET' });
    });

    test('the error of a request is the ConnectError', async () => {
      const agent = used(new ListAgent([refused, refused], { connect: RACE }));
      const error = await errorOf(http.get('http://service.test/', { agent }));
      expect(error).toMatchObject({ name: 'ConnectError', code: 'ECONNREFUSED' });
      await eventually(() => Object.keys(agent.sockets).length === 0);
    });

    test('connect has the limits of connecting', async () => {
      const hole = await blackhole();
      ends.push(() => hole.close());
      const connect = { ...RACE, timeout: 100 };
      const agent = used(new ListAgent([`127.0.0.1:${hole.port}`], { connect }));
      const error = await errorOf(http.get('http://service.test/', { agent }));
      expect(error).toMatchObject({ name: 'ConnectError', code: 'ETIMEDOUT' });
    });

    test('a request that is given up while it connects leaves nothing open', async () => {
      const hole = await blackhole();
      ends.push(() => hole.close());
      const before = openSockets();
      const agent = used(new ListAgent([`127.0.0.1:${hole.port}`]));
      const request = http.get('http://service.test/', { agent });
      setTimeout(() => request.destroy(), 30);
      expect(await errorOf(request)).toMatchObject({ code: 'ECONNRESET' });
      await eventually(() => openSockets() <= before);
    });

    test('what a request says is read as Node reads it: null is absent, a family may be in words', async () => {
      const server = await plainWeb();
      const agent = used(new ListAgent([server.at]));
      const said = { localAddress: null, family: null, lookup: null, localPort: null } as object;
      expect(await answerOf(http.get('http://a.test/', { agent, ...said }))).toBeDefined();
      const inWords = { family: 'IPv4' } as object;
      expect(await answerOf(http.get('http://a.test/', { agent, ...inWords }))).toBeDefined();
    });

    test.each(['in the options of the agent', 'in the request', 'in connect'])(
      'a blockList %s is enforced',
      async (place) => {
        const server = await plainWeb();
        const blockList = new net.BlockList();
        blockList.addSubnet('127.0.0.0', 8);
        const ofAgent = place === 'in the options of the agent' ? { blockList } : {};
        const connect = place === 'in connect' ? { blockList } : {};
        const agent = used(new ListAgent([server.at], { ...ofAgent, connect }));
        const ofRequest = place === 'in the request' ? { blockList } : {};
        const error = await errorOf(http.get('http://a.test/', { agent, ...ofRequest }));
        expect(error).toMatchObject({ code: 'ERR_IP_BLOCKED' });
        expect(server.connections()).toBe(0);
      },
    );

    test('emits lookup for the host of the URL, once, also for a list of addresses', async () => {
      const server = await plainWeb();
      const agent = used(new ListAgent([server.at]));
      const request = http.get('http://a.test/', { agent });
      const heard: unknown[][] = [];
      request.once('socket', (socket) => socket.on('lookup', (...given) => heard.push(given)));
      await answerOf(request);
      expect(heard).toEqual([[null, '127.0.0.1', 4, 'a.test']]);
    });

    test('bad arguments throw at once', () => {
      for (const bad of [undefined, '127.0.0.1:1', [], [80]]) {
        expect(() => new ListAgent(bad as unknown as string[])).toThrow(
          errorWithCode(/^ERR_INVALID_ARG/),
        );
      }
      expect(() => new ListAgent([refused], { connect: { timeout: 0 } })).toThrow(
        errorWithCode('ERR_OUT_OF_RANGE'),
      );
      const proxyEnv = { HTTP_PROXY: 'http://proxy.test:8080' };
      expect(() => new ListAgent([refused], { proxyEnv } as object)).toThrow(/options.proxyEnv/);
    });
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

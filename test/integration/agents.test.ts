// ListAgent for http: what a request asks for stays as it is, and its connection goes to whichever endpoint of a list
// answers.

import { once } from 'node:events';
import * as http from 'node:http';
import * as net from 'node:net';

import { ListAgent, type EndpointLike } from '#dist/index';
import { blackhole } from '../support/blackhole';
import { openSockets } from '../support/descriptors';
import { eventually } from '../support/eventually';
import { errorWithCode } from '../support/failure';
import { refusingPort } from '../support/ports';
import { answerOf, closedAfterEach, errorOf, type WebServer } from '../support/web';

const RACE = { engine: 'race', history: false } as const;

describe('agents', () => {
  const { ends, web, used } = closedAfterEach();
  let refused: string;

  beforeAll(async () => {
    refused = `127.0.0.1:${await refusingPort()}`;
  });

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
});

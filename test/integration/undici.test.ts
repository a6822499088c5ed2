// The connector in undici 7 and 8: HTTP/2 as each of them asks for it, sessions, and attempts that are given up.

import { once } from 'node:events';
import * as http2 from 'node:http2';
import { createRequire } from 'node:module';
import type * as net from 'node:net';
import type * as tls from 'node:tls';

import * as undici7 from 'undici';

import { connector, type ConnectorOptions } from '#dist/index';
import { CA as cert, KEY as key } from '../support/certificate';
import { eventually } from '../support/eventually';
import { serve, type TestServer } from '../support/servers';

/** Answers with the version of HTTP, and whether the TLS session was used again. */
let server: http2.Http2SecureServer;
let silent: TestServer;
let list: string[];
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  server = http2.createSecureServer({ key, cert, allowHTTP1: true }, (request, response) => {
    const { socket } =
      request.httpVersion === '2.0' ? (request.stream.session ?? request) : request;
    const isReused = (socket as tls.TLSSocket).isSessionReused();
    response.end(JSON.stringify([request.httpVersion, isReused]));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  silent = await serve('127.0.0.1');
  list = [`127.0.0.1:${silent.port}`, `127.0.0.1:${(server.address() as net.AddressInfo).port}`];
});

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

afterAll(async () => {
  server.close();
  await silent.close();
});

/** undici 8 itself needs Node 22. */
const HAS_UNDICI_8 = Number(process.versions.node.split('.')[0]) >= 22;
const load = (name: string): typeof undici7 => createRequire(__filename)(name) as typeof undici7;

describe.each(HAS_UNDICI_8 ? ([7, 8] as const) : ([7] as const))('undici %i', (version) => {
  const { Agent, request } = version === 7 ? undici7 : load('undici-8');

  function agentOf(options: object = {}, ofConnector: ConnectorOptions = {}): undici7.Agent {
    const connect = connector(list, { tls: { ca: cert }, ...ofConnector });
    const agent = new Agent({ connect, ...options });
    ends.push(() => agent.destroy());
    return agent;
  }

  async function ask(dispatcher: undici7.Agent): Promise<[version: string, isReused: boolean]> {
    const { body } = await request('https://localhost/', { dispatcher });
    return (await body.json()) as [string, boolean];
  }

  test('a server that accepts and says nothing loses', async () => {
    await ask(agentOf());
    await eventually(() => silent.sockets.size === 0);
  });

  test('HTTP/2 by default is what this version does by default', async () => {
    const [used] = await ask(agentOf());
    expect(used).toBe(version === 7 ? '1.1' : '2.0');
  });

  test.each([
    [true, '2.0'],
    [false, '1.1'],
  ])('allowH2: %p is heeded', async (allowH2, expected) => {
    expect((await ask(agentOf({ allowH2 })))[0]).toBe(expected);
  });

  test('a TLS session is used again', async () => {
    const connect = connector(list, { tls: { ca: cert, maxVersion: 'TLSv1.2' } });
    const asked: boolean[] = [];
    for (let i = 0; i < 2; i++) {
      const agent = new Agent({ connect, allowH2: false });
      asked.push((await ask(agent))[1]);
      await agent.destroy();
    }
    expect(asked).toEqual([false, true]);
  });

  // undici 7 waits for the connector: nothing tells it to stop.
  const ifItCancels = version === 8 ? test : test.skip;
  ifItCancels('a request that is aborted ends what was begun for it', async () => {
    const connect = connector([`127.0.0.1:${silent.port}`], { tls: { ca: cert } });
    const agent = new Agent({ connect });
    const controller = new AbortController();
    const call = request('https://localhost/', { dispatcher: agent, signal: controller.signal });
    await eventually(() => silent.sockets.size === 1);
    controller.abort();
    await expect(call).rejects.toThrow();
    await agent.destroy();
    await eventually(() => silent.sockets.size === 0);
  });
});

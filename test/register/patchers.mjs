// Libraries that patch Node's net or http, or make agents. `load` imports one, `checks` are run when it and
// connect-by-list/register are there; each gets what `load` has answered with, and `order`: whether register was imported
// 'first' or 'last', `register` and `unregister`, and `calls()`: how many connections were ours.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { createRequire } from 'node:module';
import net from 'node:net';

import { ownPort } from '../../build-test/support/ports.js';

const require = createRequire(import.meta.url);
const ofNode = net.Socket.prototype.connect;

/** nock 15 and msw 3 call Promise.withResolvers(), which Node has from 22 on. */
const NEEDS = { 'nock 15': 22, 'msw 3': 22, proxyEnv: 24 };

const all = {
  'nock 14': mocking(() => nock('nock-14'), { isBelow: true }),
  'nock 15': mocking(() => nock('nock-15'), { isBelow: false }),
  'msw 2': mocking(() => msw('msw-2'), { isBelow: true }),
  'msw 3': mocking(() => msw('msw-3'), { isBelow: false }),
  OpenTelemetry: openTelemetry(),
  'proxy-agent': proxying(async () => {
    const { ProxyAgent } = await import('proxy-agent');
    return (proxy) => new ProxyAgent({ getProxyForUrl: () => proxy });
  }),
  proxyEnv: proxying(() => (proxy) => new http.Agent({ proxyEnv: { HTTP_PROXY: proxy } })),
};

export const PATCHERS = Object.fromEntries(
  Object.entries(all).map(([name, patcher]) => [name, { needs: NEEDS[name] ?? 20, ...patcher }]),
);

async function nock(name) {
  const { default: loaded } = await import(name);
  loaded('http://mocked.test').persist().get('/').reply(200, 'mocked');
  return {
    remove() {
      loaded.cleanAll();
      loaded.restore();
    },
  };
}

async function msw(name) {
  const { HttpResponse, http: handlers } = await import(name);
  const { http: request = handlers } = await import(`${name}/http`).catch(() => ({}));
  const { setupServer } = await import(`${name}/node`);
  const server = setupServer(request.get('http://mocked.test/', () => HttpResponse.text('mocked')));
  server.listen({ onUnhandledRequest: 'bypass' });
  return { remove: () => server.close() };
}

/** @param isBelow it mocks http's requests, above net: whatever it lets through comes to net as usual. */
function mocking(load, { isBelow }) {
  return {
    load,
    checks: {
      async 'what it mocks is answered by it, and nothing is connected to'(_, { register }) {
        const server = await counting();
        register({ hosts: (host) => (host === 'mocked.test' ? [server] : undefined) });
        assert.equal(await get({ host: 'mocked.test' }), 'mocked');
        assert.equal(await (await fetch('http://mocked.test/')).text(), 'mocked');
        register({ blockList: blocking('192.0.2.1') });
        assert.equal(await get({ host: 'mocked.test' }), 'mocked');
        register();
        assert.equal(server.connections(), 0);
        await server.stop();
      },
      async 'what it lets through is connected to once'(_, { order, calls }) {
        const server = await counting();
        const before = calls();
        assert.equal(await get({ host: 'a.test', port: server.port }), String(server.port));
        // One that was there before us and takes the socket over connects by itself, as Node does.
        const raced = isBelow || order === 'first' ? 1 : 0;
        assert.equal(calls() - before, raced);
        const answer = await fetch(`http://a.test:${server.port}/`);
        assert.equal(await answer.text(), String(server.port));
        assert.equal(server.connections(), 2);
        await server.stop();
      },
      async 'a blocked address is refused, and so is a name that leads to it'(_, { register }) {
        const server = await counting();
        const { port } = server;
        register({ blockList: blocking('127.0.0.1', '::1') });
        for (const host of ['127.0.0.1', 'a.test']) {
          await assert.rejects(get({ host, port }), { code: 'ERR_IP_BLOCKED' });
        }
        register();
        assert.equal(server.connections(), 0);
        await server.stop();
      },
      async 'when it is removed, register() races again, and unregister() gives back Node’s own'(
        { remove },
        { register, unregister, calls },
      ) {
        remove();
        register();
        const server = await counting();
        const before = calls();
        assert.equal(await get({ host: 'a.test', port: server.port }), String(server.port));
        assert.equal(calls() - before, 1);
        assert.equal(server.connections(), 1);
        assert.equal(unregister(), true);
        assert.equal(net.Socket.prototype.connect, ofNode);
        await server.stop();
      },
    },
  };
}

function openTelemetry() {
  return {
    load() {
      const sdk = require('@opentelemetry/sdk-trace-node');
      const { registerInstrumentations } = require('@opentelemetry/instrumentation');
      const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
      const { NetInstrumentation } = require('@opentelemetry/instrumentation-net');
      const exporter = new sdk.InMemorySpanExporter();
      const spanProcessors = [new sdk.SimpleSpanProcessor(exporter)];
      const tracerProvider = new sdk.NodeTracerProvider({ spanProcessors });
      tracerProvider.register();
      registerInstrumentations({
        instrumentations: [new NetInstrumentation(), new HttpInstrumentation()],
        tracerProvider,
      });
      // They patch when these are required.
      require('node:net');
      return { exporter, patched: require('node:http') };
    },
    checks: {
      async 'its spans name what was asked for and where it went'(
        { exporter, patched },
        { calls },
      ) {
        const server = await counting();
        const before = calls();
        exporter.reset();
        assert.equal(
          await get({ host: 'a.test', port: server.port }, patched),
          String(server.port),
        );
        assert.equal(calls() - before, 1);
        const spans = exporter.getFinishedSpans();
        const [span, ...others] = spans.filter(({ name }) => name === 'tcp.connect');
        assert.equal(others.length, 0);
        const { attributes } = span;
        assert.equal(attributes['server.address'], 'a.test');
        assert.equal(attributes['server.port'], server.port);
        assert.equal(attributes['network.peer.address'], '127.0.0.1');
        assert.ok(spans.some(({ name }) => name === 'GET'));
        await server.stop();
      },
      async 'of an address that `hosts` maps they name that address'(
        { exporter, patched },
        { register },
      ) {
        const server = await counting();
        register({ hosts: (host) => (host === '192.0.2.1' ? [server] : undefined) });
        exporter.reset();
        assert.equal(await get({ host: '192.0.2.1', port: 80 }, patched), String(server.port));
        const { attributes } = exporter
          .getFinishedSpans()
          .find(({ name }) => name === 'tcp.connect');
        assert.equal(attributes['server.address'], '192.0.2.1');
        assert.equal(attributes['network.peer.address'], '127.0.0.1');
        register();
        await server.stop();
      },
    },
  };
}

/** @param load answers with what makes an agent for a proxy. */
function proxying(load) {
  return {
    load,
    checks: {
      async 'the connection to the proxy, by its name, is raced'(makeAgent, { calls }) {
        const asked = [];
        const proxy = http.createServer((request, response) => {
          asked.push(request.url);
          response.end('proxied');
        });
        proxy.on('connect', (request, socket) => {
          asked.push(request.url);
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          proxy.emit('connection', socket);
        });
        proxy.listen(await ownPort(), '127.0.0.1');
        await once(proxy, 'listening');
        const before = calls();
        const agent = makeAgent(`http://proxy.test:${proxy.address().port}`);
        assert.equal(await get({ host: 'origin.test', port: 80, agent }), 'proxied');
        assert.ok(asked[0].includes('origin.test'));
        assert.equal(calls() - before, 1);
        agent.destroy();
        proxy.closeAllConnections();
        proxy.close();
      },
    },
  };
}

/** Answers with its port, and counts its connections; only at 127.0.0.1, so that ::1 refuses. */
async function counting() {
  let count = 0;
  const server = http.createServer((_, response) => response.end(String(port)));
  server.on('connection', () => count++);
  const port = await ownPort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { host: '127.0.0.1', port, connections: () => count, stop };
}

function blocking(...addresses) {
  const list = new net.BlockList();
  for (const address of addresses) list.addAddress(address, net.isIPv6(address) ? 'ipv6' : 'ipv4');
  return list;
}

async function get(options, client = http) {
  const request = client.get({ agent: false, ...options });
  const [response] = await once(request, 'response');
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return text;
}

// Clients that know nothing of lists, each asked by a name with two addresses. `ask` answers with what the server says
// or has received, `expected` with what that should be; `calls` is how many connections were ours: none where a client
// looks names up by itself and connects to their addresses.

import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import net from 'node:net';

import {
  startHttpServer,
  startMqttServer,
  startMysqlServer,
  startPostgresServer,
  startRedisServer,
} from '../../build-test/support/client-servers.js';
import { ownPort } from '../../build-test/support/ports.js';
import { ListAgent } from '../../dist/index.mjs';

const HOST = 'nodes.test';

/** `load` imports the client; `start` starts its server, `ask` is given what `load` and `start` have answered with. */
export const CLIENTS = [
  {
    name: 'axios',
    load: () => import('axios'),
    start: startHttpServer,
    ask: async ({ default: axios }, { port }) => (await axios.get(url('http', port))).data,
  },
  {
    name: 'got',
    load: () => import('got'),
    start: startHttpServer,
    ask: ({ got }, { port }) => got(url('http', port), { timeout: { connect: 10_000 } }).text(),
  },
  {
    name: 'got over a ListAgent, with its own limits for the lookup and the connect',
    load: () => import('got'),
    start: startHttpServer,
    ask({ got }, { port }) {
      const agent = { http: new ListAgent([`${HOST}:${port}`]) };
      const timeout = { lookup: 10_000, connect: 10_000 };
      return got(url('http', 80), { agent, timeout, retry: { limit: 0 } }).text();
    },
  },
  {
    name: 'the global fetch',
    load: () => undefined,
    start: startHttpServer,
    ask: async (_, { port }) => (await fetch(url('http', port))).text(),
  },
  {
    name: 'undici',
    load: () => import('undici'),
    start: startHttpServer,
    async ask({ Agent, request }, { port }) {
      const dispatcher = new Agent();
      const { body } = await request(url('http', port), { dispatcher });
      const text = await body.text();
      await dispatcher.close();
      return text;
    },
  },
  {
    name: 'ws',
    load: () => import('ws'),
    start: startHttpServer,
    async ask({ WebSocket }, { port }) {
      const socket = new WebSocket(url('ws', port));
      await once(socket, 'open');
      socket.send('which port?');
      const [answer] = await once(socket, 'message');
      socket.close();
      return answer;
    },
  },
  {
    name: 'pg',
    load: () => import('pg'),
    start: startPostgresServer,
    async ask({ default: pg }, { port }) {
      const client = new pg.Client({ host: HOST, port, user: 'shop' });
      await client.connect();
      const { rows } = await client.query('SELECT inet_server_port() AS port');
      await client.end();
      return rows[0].port;
    },
  },
  {
    name: 'mysql2',
    load: () => import('mysql2/promise'),
    start: startMysqlServer,
    async ask({ createConnection }, { port }) {
      const connection = await createConnection({ host: HOST, port });
      const [rows] = await connection.query('SELECT @@port AS port');
      await connection.end();
      return rows[0].port;
    },
  },
  {
    name: 'ioredis',
    load: () => import('ioredis'),
    start: startRedisServer,
    async ask({ Redis }, { port }) {
      const redis = new Redis({ host: HOST, port });
      const facts = await redis.info('server');
      await redis.quit();
      return /^tcp_port:(\d+)/m.exec(facts)[1];
    },
  },
  {
    name: 'MQTT.js',
    load: () => import('mqtt'),
    start: startMqttServer,
    async ask({ default: mqtt }, { port }) {
      const client = await mqtt.connectAsync(url('mqtt', port), { protocolVersion: 5 });
      const answered = once(client, 'message');
      client.publish('which port?', '');
      const [, payload] = await answered;
      await client.endAsync();
      return payload;
    },
  },
  {
    name: 'amqplib',
    load: () => import('amqplib'),
    start: () => startListener(),
    async ask({ default: amqp }, server) {
      const connecting = amqp.connect(url('amqp', server.port)).catch(() => undefined);
      const received = await server.firstBytes();
      await connecting;
      return received.subarray(0, 4);
    },
    expected: () => 'AMQP',
  },
  {
    name: 'mongodb',
    load: () => import('mongodb'),
    start: () => startListener(),
    async ask({ default: { MongoClient } }, server) {
      const client = new MongoClient(url('mongodb', server.port), {
        serverSelectionTimeoutMS: 1_000,
      });
      const connecting = client.connect().catch(() => undefined);
      const received = await server.firstBytes();
      await client.close();
      await connecting;
      return received.includes('helloOk');
    },
    expected: () => 'true',
    // It monitors its servers by connections of its own.
    calls: 'some',
  },
  { name: 'nats', ...nats({}), calls: 'none' },
  { name: 'nats with resolve: false', ...nats({ resolve: false }) },
  {
    name: 'nodemailer',
    load: () => import('nodemailer'),
    start: startSmtpServer,
    async ask({ createTransport }, { port }) {
      const transport = createTransport({ host: HOST, port, ignoreTLS: true });
      const isGood = await transport.verify();
      transport.close();
      return isGood;
    },
    expected: () => 'true',
  },
  {
    name: '@grpc/grpc-js',
    load: () => import('@grpc/grpc-js'),
    start: () => undefined,
    async ask({ default: grpc }) {
      const server = await startGrpcServer(grpc);
      const target = `dns:${HOST}:${server.port}`;
      const client = new grpc.Client(target, grpc.credentials.createInsecure());
      const asIs = (bytes) => bytes;
      const answer = await new Promise((resolve, reject) => {
        const answered = (error, value) => (error ? reject(error) : resolve(value));
        client.makeUnaryRequest('/test/echo', asIs, asIs, Buffer.from('echo'), answered);
      });
      client.close();
      server.stop();
      return answer;
    },
    expected: () => 'echo',
    calls: 'none',
  },
];

function url(scheme, port) {
  return `${scheme}://${HOST}:${port}`;
}

/** Takes what comes, and ends the connection. */
async function startListener(serve = () => undefined) {
  let received;
  const first = new Promise((resolve) => (received = resolve));
  const server = net.createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', received);
    if (serve(socket) === undefined) socket.once('data', () => socket.destroy());
  });
  const port = await ownPort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { port, firstBytes: () => first, stop: () => server.close() };
}

function nats(options) {
  return {
    load: () => import('nats'),
    start: startNatsServer,
    async ask({ default: { connect } }, { port }) {
      const connection = await connect({ servers: `${HOST}:${port}`, ...options });
      const { server_id: id } = connection.info;
      await connection.close();
      return id;
    },
  };
}

function startNatsServer() {
  return startListener((socket) => {
    const facts = { server_id: String(socket.localPort), version: '2.10.0', proto: 1 };
    socket.write(`INFO ${JSON.stringify({ ...facts, max_payload: 1_048_576, headers: true })}\r\n`);
    socket.on('data', (chunk) => {
      if (String(chunk).includes('PING')) socket.write('PONG\r\n');
    });
    return true;
  });
}

function startSmtpServer() {
  return startListener((socket) => {
    socket.write('220 nodes.test ESMTP\r\n');
    socket.on('data', (chunk) => {
      const isLast = String(chunk).startsWith('QUIT');
      if (isLast) socket.end('221 bye\r\n');
      else socket.write('250 nodes.test\r\n');
    });
    return true;
  });
}

async function startGrpcServer(grpc) {
  const server = new grpc.Server();
  const asIs = (bytes) => bytes;
  const [streams, bytes] = [
    { requestStream: false, responseStream: false },
    { requestSerialize: asIs, requestDeserialize: asIs },
  ];
  const answers = { responseSerialize: asIs, responseDeserialize: asIs };
  server.addService(
    { echo: { path: '/test/echo', ...streams, ...bytes, ...answers } },
    { echo: (call, callback) => callback(null, call.request) },
  );
  const port = await ownPort();
  const credentials = grpc.ServerCredentials.createInsecure();
  await new Promise((resolve, reject) => {
    const bound = (error) => (error ? reject(error) : resolve());
    server.bindAsync(`127.0.0.1:${port}`, credentials, bound);
  });
  return { port, stop: () => server.forceShutdown() };
}

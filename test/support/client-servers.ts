// Servers for the tests of clients that run in the tests' own process, on every platform. Each answers every
// question with its port; that of a database knows as much of its protocol as its client needs for one query.

import { once } from 'node:events';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import * as net from 'node:net';
import type { Duplex } from 'node:stream';
import * as tls from 'node:tls';

import * as mysql from 'mysql2';
import { WebSocketServer } from 'ws';

import { CERTIFICATE_FILE, KEY_FILE } from './certificate';
import type { ClientServer } from './client-promises';
import { ownPort } from './ports';
import { serve } from './servers';

const identity = { cert: fs.readFileSync(CERTIFICATE_FILE), key: fs.readFileSync(KEY_FILE) };

/** HTTP and WebSockets. */
export function startHttpServer(): Promise<ClientServer> {
  return answerHttp(http.createServer());
}

/** The same over TLS. */
export function startHttpsServer(): Promise<ClientServer> {
  return answerHttp(https.createServer(identity));
}

async function answerHttp(server: http.Server): Promise<ClientServer> {
  // Some reach it by a name that leads to ::1 as well.
  server.listen(await ownPort(), '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.on('request', (_, response: http.ServerResponse) => response.end(String(port)));
  const webSockets = new WebSocketServer({ server });
  webSockets.on('connection', (socket) => {
    socket.on('message', () => socket.send(String(port)));
  });
  let stopped: Promise<unknown> | undefined;
  return {
    port,
    async stop() {
      if (!stopped) {
        stopped = once(server, 'close');
        server.close();
        server.closeAllConnections();
        for (const socket of webSockets.clients) socket.terminate();
      }
      await stopped;
    },
  };
}

/** A server of databases: `answer` serves one connection. */
async function answerTcp(
  answer: (socket: net.Socket, port: number) => void,
): Promise<ClientServer> {
  const server = await serve('127.0.0.1', (socket) => answer(socket, socket.localPort as number));
  let stopped: Promise<void> | undefined;
  return { port: server.port, stop: () => (stopped ??= server.close()) };
}

/** mysql2 is a server, too. */
export function startMysqlServer(): Promise<ClientServer> {
  return answerTcp((stream, port) => {
    const connection = mysql.createConnection({ isServer: true, stream });
    connection.on('error', () => stream.destroy());
    connection.serverHandshake({
      protocolVersion: 10,
      serverVersion: '8.0.0',
      connectionId: 1,
      statusFlags: 2,
      characterSet: 33,
      capabilityFlags: 0xffffff,
      authCallback: (_: unknown, accept: (error: null) => void) => {
        accept(null);
        connection.sequenceId = 0;
      },
    });
    connection.on('query', () => {
      connection.writeTextResult([{ port }], [PORT_COLUMN]);
      connection.sequenceId = 0;
    });
  });
}

const PORT_COLUMN = {
  ...{ catalog: 'def', schema: '', table: '', orgTable: '', name: 'port', orgName: '' },
  ...{ columnType: 3, columnLength: 11, characterSet: 33, flags: 0, decimals: 0 },
};

/** Redis' protocol: a command is an array of strings. */
export function startRedisServer(): Promise<ClientServer> {
  return answerTcp((socket, port) => {
    let received = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      received += chunk;
      for (let command = takeCommand(); command; command = takeCommand()) {
        socket.write(replyTo(command[0] as string));
      }
    });

    function takeCommand(): string[] | undefined {
      // "*2\r\n", and for each string its length and itself: "$3\r\nGET\r\n".
      const lines = received.split('\r\n');
      const count = Number(lines[0]?.slice(1));
      if (lines.length <= 1 + 2 * count) return undefined;
      received = lines.slice(1 + 2 * count).join('\r\n');
      return lines.slice(1, 1 + 2 * count).filter((_, i) => i % 2 === 1);
    }

    function replyTo(name: string): string {
      if (name.toLowerCase() !== 'info') return '+OK\r\n';
      const facts = `loading:0\r\ntcp_port:${port}\r\n`;
      return `$${facts.length}\r\n${facts}\r\n`;
    }
  });
}

// The kinds of packets of MQTT 5, in the upper half of their first byte.
const CONNECT = 1;
const PUBLISH = 3;
const PINGREQ = 12;

/** MQTT 5, with packets of fewer than 128 bytes: answers whatever is published by publishing its port. */
export function startMqttServer(): Promise<ClientServer> {
  return answerTcp((socket, port) => {
    let received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt8(1)) {
        const kind = received.readUInt8(0) >> 4;
        received = received.subarray(2 + received.readUInt8(1));
        // No session, success, no properties.
        if (kind === CONNECT) socket.write(Buffer.from([0x20, 3, 0, 0, 0]));
        if (kind === PINGREQ) socket.write(Buffer.from([0xd0, 0]));
        if (kind === PUBLISH) {
          // A topic, no properties, the payload.
          const published = Buffer.concat([int16(4), Buffer.from(`port\0${port}`)]);
          socket.write(Buffer.from([0x30, published.length, ...published]));
        }
      }
    });
  });
}

/** What a client of PostgreSQL sends in place of a version, to ask for TLS. */
const SSL_REQUEST = 80877103;
const INT4 = 23;

/** PostgreSQL's protocol, version 3; takes up TLS when it is asked for it. */
export function startPostgresServer(): Promise<ClientServer> {
  return answerTcp((socket, port) => {
    socket.once('data', (first) => {
      if (first.readInt32BE(4) === SSL_REQUEST) {
        socket.write('S');
        const secure = new tls.TLSSocket(socket, { isServer: true, ...identity });
        secure.on('error', () => socket.destroy());
        secure.once('data', () => serveQueries(secure, port));
      } else {
        serveQueries(socket, port);
      }
    });
  });
}

/** After the client's first message, which names the user and the database. */
function serveQueries(socket: Duplex, port: number): void {
  const ready = message('Z', 'I');
  socket.write(Buffer.concat([message('R', int32(0)), ready]));
  const value = String(port);
  const column = [int32(0), int16(0), int32(INT4), int16(4), int32(-1), int16(0)];
  const answer = Buffer.concat([
    message('T', int16(1), 'port\0', ...column),
    message('D', int16(1), int32(value.length), value),
    message('C', 'SELECT 1\0'),
    ready,
  ]);
  let received = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 5 && received.length > received.readInt32BE(1)) {
      const kind = String.fromCharCode(received[0] as number);
      received = received.subarray(1 + received.readInt32BE(1));
      if (kind === 'Q') socket.write(answer);
      if (kind === 'X') socket.end();
    }
  });
}

/** Its kind, its length without that, and what it says. */
function message(kind: string, ...parts: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  return Buffer.concat([Buffer.from(kind), int32(4 + body.length), body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

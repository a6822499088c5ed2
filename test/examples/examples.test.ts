// Each example as it stands in examples/, run as a program of its own, with servers of ours.

import * as fs from 'node:fs';
import * as http from 'node:http';
import type * as net from 'node:net';
import * as path from 'node:path';
import * as tls from 'node:tls';

import { blackhole, type Blackhole } from '../support/blackhole';
import { CERTIFICATE_FILE, KEY_FILE } from '../support/certificate';
import { run } from '../support/child';
import { nameServer } from '../support/name-server';
import { refusingPort } from '../support/ports';
import { serve, type TestServer } from '../support/servers';

const FOLDER = path.join(__dirname, '../../examples');
const EXAMPLES = fs.readdirSync(FOLDER).filter((file) => file.endsWith('.mjs'));

const started = new Set<string>();

/** The lines that it prints; it must end by itself, and with nothing to complain of. */
async function linesOf(
  example: string,
  words: readonly (string | number)[],
  environment: NodeJS.ProcessEnv = {},
): Promise<string[]> {
  started.add(`${example}.mjs`);
  const program = path.join(FOLDER, `${example}.mjs`);
  const { code, stdout, stderr } = await run(
    process.execPath,
    [program, ...words.map(String)],
    environment,
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trimEnd().split(/\r?\n/);
}

const at = ({ port }: { port: number }): string => `127.0.0.1:${port}`;

describe('the example', () => {
  const servers: { close(): Promise<void> }[] = [];
  let healthy: TestServer;
  let hole: Blackhole;
  let refused: string;

  beforeAll(async () => {
    [healthy, hole] = await Promise.all([serve(), blackhole()]);
    servers.push(healthy, hole);
    refused = `127.0.0.1:${await refusingPort()}`;
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
  });

  async function start(...given: Parameters<typeof serve>): Promise<TestServer> {
    const server = await serve(...given);
    servers.push(server);
    return server;
  }

  test('first-connection: who answered', async () => {
    const lines = await linesOf('first-connection', [refused, at(healthy)]);
    expect(lines[0]).toBe(`connected to 127.0.0.1 port ${healthy.port}`);
    expect(lines.at(-1)).toBe(`127.0.0.1 port ${healthy.port}: connected`);
  });

  test('first-connection: what went wrong, where nobody answers', async () => {
    const program = path.join(FOLDER, 'first-connection.mjs');
    const { code, stdout, stderr } = await run(process.execPath, [program, refused]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/ECONNREFUSED.*the only endpoint was not reached/);
    expect(stderr).toMatch(/: ECONNREFUSED after \d+ ms\n$/);
  });

  test('failover: over to the other node when the first one stops', async () => {
    // The first breaks its only connection once that is in use; the second has said all there is to say.
    const second = await start('127.0.0.1', (socket) => socket.end('bye\n'));
    const first = await serve('127.0.0.1', (socket) => {
      setTimeout(() => {
        socket.resetAndDestroy();
        void first.close();
      }, 100);
    });
    const lines = await linesOf('failover', [at(first), at(second)]);
    expect(lines[0]).toBe(`connected to port ${first.port}`);
    expect(lines).toContain(`port ${first.port} is gone`);
    expect(lines.at(-2)).toBe(`connected to port ${second.port}`);
  });

  test('spread: every node has its share', async () => {
    const nodes = await Promise.all([start(), start(), start()]);
    const lines = await linesOf('spread', nodes.map(at));
    const counts = new Map(
      lines.map((line) => line.match(/\d+/g)?.map(Number) as [port: number, count: number]),
    );
    expect([...counts.values()].reduce((sum, count) => sum + count)).toBe(100);
    // Three nodes, 100 calls: that one gets fewer than ten happens once in ten million runs.
    for (const { port } of nodes) expect(counts.get(port)).toBeGreaterThanOrEqual(10);
  });

  test('block-list: no way to loopback, by no spelling', async () => {
    const { port } = healthy;
    const list = [at(healthy), `[::ffff:7f00:1]:${port}`, `localhost:${port}`];
    const lines = await linesOf('block-list', list);
    expect(lines.length).toBeGreaterThanOrEqual(list.length);
    for (const line of lines) expect(line).toMatch(/: blocked, ERR_IP_BLOCKED$/);
    expect(healthy.sockets.size).toBe(0);
  });

  test('by-name: a name and a port', async () => {
    const { port } = await start('localhost');
    const [line] = await linesOf('by-name', ['localhost', port]);
    expect(line).toMatch(
      new RegExp(`^connected to localhost port ${port}, engine (race|winsock)$`),
    );
  });

  test('history: the second call begins with the node that answered', async () => {
    const lines = await linesOf('history', [at(hole), at(healthy)]);
    expect(lines).toEqual([
      `first call: ${hole.port} lost, ${healthy.port} connected`,
      `second call: ${healthy.port} connected`,
      '2 destinations remembered',
    ]);
  });

  test('give-up: the deadline, the limit of an attempt, the signal', async () => {
    expect(await linesOf('give-up', [at(hole)])).toEqual([
      'deadline: ConnectError [timeout] connect ETIMEDOUT',
      'limit for each attempt: ConnectError [timeout] connect ETIMEDOUT',
      'signal: Error [] The user has left',
    ]);
  });

  test('tls-race: past a server that accepts and never shakes hands', async () => {
    const secure = tls.createServer(
      {
        key: fs.readFileSync(KEY_FILE),
        cert: fs.readFileSync(CERTIFICATE_FILE),
        allowHalfOpen: true,
      },
      (socket) => socket.on('error', () => undefined).pipe(socket),
    );
    const shaking = await start('127.0.0.1', (socket) => secure.emit('connection', socket), {
      allowHalfOpen: true,
    });
    const lines = await linesOf('tls-race', [at(healthy), at(shaking)], {
      NODE_EXTRA_CA_CERTS: CERTIFICATE_FILE,
    });
    expect(lines).toEqual([
      `TLSv1.3 with port ${shaking.port}`,
      `port ${healthy.port}: lost`,
      `port ${shaking.port}: connected`,
      'hello',
    ]);
  });

  test('redis-primary: past a replica and a node that is stuck', async () => {
    const says = (role: string) => (socket: net.Socket) => {
      const text = `# Replication\r\nrole:${role}\r\n`;
      socket.once('data', () => socket.write(`$${text.length}\r\n${text}\r\n`));
    };
    const [replica, primary] = [
      await start('127.0.0.1', says('slave')),
      await start('127.0.0.1', says('master')),
    ];
    const lines = await linesOf('redis-primary', [at(replica), at(healthy), at(primary)]);
    expect(lines).toContain(`port ${replica.port}: port ${replica.port} is a slave`);
    expect(lines.at(-1)).toBe(`the primary is at port ${primary.port}`);
  });

  test('http-proxy: past a proxy that refuses, and what it sends with its answer is not lost', async () => {
    const answers = (text: string) => (socket: net.Socket) =>
      void socket.once('data', () => socket.write(text));
    const refusing = await start('127.0.0.1', answers('HTTP/1.1 403 Forbidden\r\n\r\n'));
    const good = await start('127.0.0.1', answers('HTTP/1.1 200 OK\r\n\r\nwelcome'));
    const lines = await linesOf('http-proxy', ['target.example:80', at(refusing), at(good)]);
    expect(lines).toEqual([
      `port ${refusing.port}: the proxy at port ${refusing.port} says 403`,
      `port ${good.port}: connected`,
      'welcome',
    ]);
  });

  test('postgres-tls: past a server that has no TLS', async () => {
    const context = { key: fs.readFileSync(KEY_FILE), cert: fs.readFileSync(CERTIFICATE_FILE) };
    const plain = await start(
      '127.0.0.1',
      (socket) => void socket.once('data', () => socket.write('N')),
    );
    const secure = await start('127.0.0.1', (socket) => {
      socket.once('data', () => {
        socket.write('S');
        const over = new tls.TLSSocket(socket, { ...context, isServer: true });
        over.on('error', () => undefined).resume();
      });
    });
    const lines = await linesOf('postgres-tls', [at(plain), at(secure)], {
      NODE_EXTRA_CA_CERTS: CERTIFICATE_FILE,
    });
    expect(lines).toEqual([
      `port ${plain.port}: port ${plain.port} does not do TLS`,
      `port ${secure.port}: connected`,
      `TLSv1.3 with port ${secure.port}`,
    ]);
  });

  test('smtp-banner: past a server that is busy', async () => {
    const busy = await start(
      '127.0.0.1',
      (socket) => void socket.resume().write('554 too busy\r\n'),
    );
    const ready = await start(
      '127.0.0.1',
      (socket) => void socket.resume().write('220-hello\r\n220 ready\r\n'),
    );
    expect(await linesOf('smtp-banner', [at(busy), at(ready)])).toEqual([
      `port ${busy.port}: 554 too busy`,
      `port ${ready.port}: connected`,
    ]);
  });

  test('srv: the endpoints of a service', async () => {
    const { port } = await start('localhost');
    const records = [{ priority: 1, weight: 0, port, target: 'localhost' }];
    const names = await nameServer({ '_a._tcp.example.com': records });
    servers.push(names);
    const lines = await linesOf('srv', ['_a._tcp.example.com', names.address]);
    expect(lines[0]).toBe(`1 0 localhost ${port}`);
    expect(lines[1]).toMatch(new RegExp(`^connected to (127.0.0.1|::1) port ${port}$`));
  });

  test('failed-node: the second call goes to the next one', async () => {
    const closing = await start('127.0.0.1', (socket) => void socket.end());
    const good = await start('127.0.0.1', (socket) => void socket.write('hello'));
    expect(await linesOf('failed-node', [at(closing), at(good)])).toEqual([
      `port ${closing.port}: closes at once`,
      `port ${good.port}: says something`,
    ]);
  });

  test('http-agent: two requests over one connection, past a node that is dead', async () => {
    let connections = 0;
    const web = http.createServer(({ url, headers }, response) => {
      response.end(`${url} of ${headers.host}`);
    });
    const node = await start('127.0.0.1', (socket) => {
      connections++;
      web.emit('connection', socket);
    });
    expect(await linesOf('http-agent', [refused, at(node)])).toEqual([
      '200 /first of api.example',
      '200 /second of api.example',
    ]);
    expect(connections).toBe(1);
  });

  test('diagnostics: the call and its attempts', async () => {
    const [refusedPort] = refused.split(':').slice(1);
    expect(await linesOf('diagnostics', [refused, at(healthy)])).toEqual([
      `call: ${refused}, ${at(healthy)}`,
      `attempt: 127.0.0.1 port ${refusedPort}`,
      `attempt: 127.0.0.1 port ${refusedPort}: ECONNREFUSED`,
      `attempt: 127.0.0.1 port ${healthy.port}`,
      `attempt: 127.0.0.1 port ${healthy.port}: connected`,
      'call: connected',
    ]);
  });

  test('none is without a test', () => {
    expect([...started].sort()).toEqual(EXAMPLES.sort());
  });
});

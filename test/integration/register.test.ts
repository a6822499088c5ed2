// connect-by-list/register: what changes for a whole program, and what does not.

import { once } from 'node:events';
import * as http from 'node:http';
import * as http2 from 'node:http2';
import * as https from 'node:https';
import * as net from 'node:net';
import * as tls from 'node:tls';

import { register, unregister } from '#dist/register';
import { blackhole, type Blackhole } from '../support/blackhole';
import { CA as cert, KEY as key } from '../support/certificate';
import { runChild } from '../support/child';
import { openSockets } from '../support/descriptors';
import { eventually } from '../support/eventually';
import { errorWithCode } from '../support/failure';
import { ownPort, refusingPort } from '../support/ports';
import { answering, connectedTo, registeredInEachTest, V4, V6 } from '../support/registered';
import { serve, type TestServer } from '../support/servers';

/* eslint-disable @typescript-eslint/unbound-method -- methods are compared here, not called */

const calls = registeredInEachTest();
const ofNode = net.Socket.prototype.connect;

let server: TestServer;
/** Silent on ::1, at the port where the server listens on 127.0.0.1. */
let silent: Blackhole;

beforeAll(async () => {
  server = await serve('127.0.0.1', (socket) => void socket.resume().write('hello'));
  silent = await blackhole('::1', server.port);
});

afterAll(() => Promise.all([server.close(), silent.close()]));

const connected = (options: object): Promise<net.Socket> => connectedTo(server, options);

describe('a name with several addresses', () => {
  test('is raced: a silent first address costs the delay, and is not given up for it', async () => {
    const socket = net.connect({ host: 'a.test', port: server.port, lookup: answering(V6, V4) });
    expect(socket).toMatchObject({ connecting: true, pending: true });
    const events: unknown[][] = [];
    for (const event of ['lookup', 'connectionAttempt', 'connect', 'ready']) {
      socket.on(event, (...given: unknown[]) => events.push([event, ...given]));
    }
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    expect(String(chunk)).toBe('hello');
    expect(socket).toMatchObject({ remoteAddress: '127.0.0.1', remotePort: server.port });
    expect(socket).toMatchObject({ connecting: false, pending: false });
    socket.destroy();
    expect(events).toEqual([
      ['lookup', null, '::1', 6, 'a.test'],
      ['lookup', null, '127.0.0.1', 4, 'a.test'],
      ['connectionAttempt', '::1', server.port, 6],
      ['connectionAttempt', '127.0.0.1', server.port, 4],
      ['connect'],
      ['ready'],
    ]);
    expect(calls.count()).toBe(1);
  });

  test('by new net.Socket().connect(port, host, listener)', async () => {
    const socket = new net.Socket();
    const lookup = answering(V6, V4);
    const listened = new Promise<void>((resolve) => {
      socket.connect({ port: server.port, host: 'a.test', lookup }, resolve);
    });
    await listened;
    socket.destroy();
    expect(calls.count()).toBe(1);
  });

  test('tls, https with the global agent and with one of its own', async () => {
    const web = https.createServer({ key, cert }, (_, response) => response.end('secure'));
    // Nobody listens there on ::1.
    const port = await ownPort();
    web.listen(port, '127.0.0.1');
    await once(web, 'listening');
    const target = { host: 'localhost', port, ca: cert, lookup: answering(V6, V4) };
    const socket = tls.connect(target);
    await once(socket, 'secureConnect');
    expect(socket).toMatchObject({ authorized: true, remoteAddress: '127.0.0.1' });
    socket.destroy();
    for (const agent of [undefined, false, new https.Agent()] as const) {
      const request = https.get({ ...target, agent });
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      expect(response.statusCode).toBe(200);
      response.resume();
      await once(response, 'end');
      if (typeof agent === 'object') agent.destroy();
    }
    https.globalAgent.destroy();
    web.close();
    expect(calls.count()).toBe(4);
  });

  test('http2, and the global fetch', async () => {
    const refusing = `[::1]:${await refusingPort('::1')}`;
    register({
      hosts: (host) => (host === 'a.test' ? [refusing, `127.0.0.1:${port}`] : undefined),
    });
    const web = http2.createServer((_, response) => response.end('two'));
    const plain = http.createServer((_, response) => response.end('one'));
    for (const one of [web, plain]) {
      one.listen(0, '127.0.0.1');
      await once(one, 'listening');
    }
    let { port } = web.address() as net.AddressInfo;
    const session = http2.connect('http://a.test:80');
    const stream = session.request({ ':path': '/' });
    const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders];
    expect(headers[':status']).toBe(200);
    stream.close();
    session.destroy();
    ({ port } = plain.address() as net.AddressInfo);
    const response = await fetch('http://a.test/');
    expect(await response.text()).toBe('one');
    expect(calls.count()).toBe(2);
    web.close();
    plain.closeAllConnections();
    plain.close();
  });

  test('fails with an AggregateError that has a code', async () => {
    const port = await refusingPort();
    const socket = net.connect({ host: 'a.test', port, lookup: answering(V6, V4) });
    const [error] = (await once(socket, 'error')) as [AggregateError & { code: string }];
    expect(error).toBeInstanceOf(AggregateError);
    expect(error.code).toBe('ECONNREFUSED');
    expect(error.errors).toHaveLength(2);
  });
});

describe('what goes Node’s own way', () => {
  test.each([
    ['an address', { host: '127.0.0.1' }],
    ['a name with one address', { host: 'a.test', lookup: answering(V4) }],
    ['the same address twice', { host: 'a.test', lookup: answering(V4, V4) }],
    [
      'autoSelectFamily: false',
      { host: 'a.test', lookup: answering(V4, V6), autoSelectFamily: false },
    ],
  ])('%s', async (_, options) => {
    (await connected(options)).destroy();
    expect(calls.count()).toBe(0);
  });

  test('family: only addresses of it are asked for', async () => {
    const asked: unknown[] = [];
    const lookup: net.LookupFunction = (name, options, callback) => {
      asked.push(options.family);
      answering(V4)(name, options, callback);
    };
    (await connected({ host: 'a.test', family: 4, lookup })).destroy();
    expect(asked).toEqual([4]);
  });

  test('a lookup that fails: its error, as Node gives it', async () => {
    const failure = Object.assign(new Error('getaddrinfo ENOTFOUND a.test'), { code: 'ENOTFOUND' });
    const lookup: net.LookupFunction = (_, _options, callback) => callback(failure, []);
    const socket = net.connect({ host: 'a.test', port: 1, lookup });
    const looked = once(socket, 'lookup').catch((error: unknown) => [error]);
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error).toBe(failure);
    expect((await looked)[0]).toBe(failure);
  });

  test.each([
    [{ host: 'a.test' }, 'ERR_MISSING_ARGS'],
    [{ host: 'a.test', port: 65_536 }, 'ERR_SOCKET_BAD_PORT'],
    [{ host: 'a.test', port: '' }, 'ERR_SOCKET_BAD_PORT'],
    [{ host: 'a.test', port: 1, lookup: 1 }, 'ERR_INVALID_ARG_TYPE'],
    [{ host: 'a.test', port: 1, localAddress: 'x' }, 'ERR_INVALID_IP_ADDRESS'],
  ])('what Node refuses: %p', (options, code) => {
    expect(() => net.connect(options as net.TcpSocketConnectOpts)).toThrow(errorWithCode(code));
  });
});

describe('a socket that is being connected', () => {
  const target = { host: 'a.test', lookup: answering(V6, { address: '::1', family: 6 }, V4) };

  test('destroy(), a signal and a listener of its idle timeout work at once, and nothing stays open', async () => {
    const before = openSockets();
    for (const way of ['destroy', 'signal', 'timeout'] as const) {
      const controller = new AbortController();
      const { signal } = controller;
      const port = silent.port;
      const options = {
        port,
        lookup: answering(V6, { address: '::1%0', family: 6 }, V6),
        host: 'a.test',
      };
      const socket = net.connect({ ...options, ...(way === 'signal' && { signal }) });
      socket.on('error', () => undefined);
      if (way === 'timeout') socket.setTimeout(50, () => socket.destroy());
      else setTimeout(() => (way === 'signal' ? controller.abort() : socket.destroy()), 50);
      // once() would reject with the error.
      await new Promise((resolve) => socket.once('close', resolve));
    }
    await eventually(() => openSockets() <= before);
  });

  test('localAddress and localPort hold', async () => {
    const socket = await connected({
      ...target,
      lookup: answering(V4, { address: '127.0.0.2', family: 4 }),
      localAddress: '127.0.0.1',
    });
    expect(socket.localAddress).toBe('127.0.0.1');
    socket.destroy();
  });

  test('options of the stream hold', async () => {
    const chunks: string[] = [];
    const onread = {
      buffer: Buffer.alloc(64),
      callback: (bytes: number, buffer: Uint8Array) => {
        chunks.push(Buffer.from(buffer).toString('latin1', 0, bytes));
        return true;
      },
    };
    const socket = await connected({ ...target, onread, noDelay: true, keepAlive: true });
    await eventually(() => chunks.join('') === 'hello');
    socket.destroy();
  });

  test('what is written meanwhile is sent', async () => {
    const echo = await serve('127.0.0.1', (socket) => void socket.pipe(socket));
    const port = echo.port;
    const socket = net.connect({ host: 'a.test', port, lookup: answering(V6, V4) });
    socket.end('written before');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toBe('written before');
    await echo.close();
  });
});

describe('register() and unregister()', () => {
  test('twice is one registration, and unregister() gives back what was there', () => {
    const registered = net.Socket.prototype.connect;
    expect(registered).not.toBe(ofNode);
    register();
    expect(net.Socket.prototype.connect).toBe(registered);
    expect(unregister()).toBe(true);
    expect(net.Socket.prototype.connect).toBe(ofNode);
    expect(unregister()).toBe(true);
  });

  test('somebody who has patched over it stays, and unregister() says so', async () => {
    let heard = 0;
    const registered = net.Socket.prototype.connect;
    const patched = function (this: net.Socket, ...given: unknown[]): net.Socket {
      heard++;
      return Reflect.apply(registered, this, given) as net.Socket;
    };
    net.Socket.prototype.connect = patched;
    try {
      expect(unregister()).toBe(false);
      expect(net.Socket.prototype.connect).toBe(patched);
      (await connected({ host: 'a.test', lookup: answering(V4, V6) })).destroy();
      expect(calls.count()).toBe(0);
      register();
      (await connected({ host: 'a.test', lookup: answering(V4, V6) })).destroy();
      expect(calls.count()).toBe(1);
      expect(heard).toBe(2);
      expect(unregister()).toBe(false);
    } finally {
      net.Socket.prototype.connect = registered;
    }
    expect(unregister()).toBe(true);
    expect(net.Socket.prototype.connect).toBe(ofNode);
  });

  test('where somebody has put Node’s own back, register() registers again', async () => {
    net.Socket.prototype.connect = ofNode;
    (await connected({ host: 'a.test', lookup: answering(V4, V6) })).destroy();
    expect(calls.count()).toBe(0);
    register();
    (await connected({ host: 'a.test', lookup: answering(V4, V6) })).destroy();
    expect(calls.count()).toBe(1);
    expect(unregister()).toBe(true);
    expect(net.Socket.prototype.connect).toBe(ofNode);
  });

  test('a patch that was made before it is called, and given back', async () => {
    unregister();
    const hosts: unknown[] = [];
    const patched = function (this: net.Socket, ...given: unknown[]): net.Socket {
      const [[{ host, lookup }]] = given as [[{ host: string; lookup: unknown }]];
      hosts.push([host, typeof lookup]);
      return Reflect.apply(ofNode, this, given) as net.Socket;
    };
    net.Socket.prototype.connect = patched;
    try {
      register({ hosts: (host) => (host === '192.0.2.1' ? [server] : undefined) });
      (await connected({ host: 'a.test', lookup: answering(V4, V6) })).destroy();
      const lookup = answering(V4, V6);
      // Of an address nothing made-up is told.
      (await connected({ host: '192.0.2.1', lookup, localAddress: '127.0.0.1' })).destroy();
      expect(calls.count()).toBe(2);
      expect(hosts).toEqual([
        ['a.test', 'function'],
        ['192.0.2.1', 'function'],
      ]);
      expect(unregister()).toBe(true);
      expect(net.Socket.prototype.connect).toBe(patched);
    } finally {
      net.Socket.prototype.connect = ofNode;
    }
  });

  test('a socket with a connect() of its own is left to whoever gave it that', async () => {
    const asked: string[] = [];
    register({ hosts: (host) => void asked.push(host) });
    const socket = new net.Socket();
    socket.connect = function (this: net.Socket, ...given: unknown[]): net.Socket {
      return Reflect.apply(net.Socket.prototype.connect, this, given) as net.Socket;
    };
    socket.connect({ port: server.port, host: 'a.test', lookup: answering(V4, V6) });
    await once(socket, 'connect');
    socket.destroy();
    expect(asked).toEqual([]);
    expect(calls.count()).toBe(0);
  });

  test('bad options throw', () => {
    for (const options of [null, 1, { hosts: 1 }, { attemptDelay: 'x' }, { blockList: {} }]) {
      expect(() => register(options as object)).toThrow(errorWithCode('ERR_INVALID_ARG_TYPE'));
    }
  });
});

describe('ways in, each in a process of its own', () => {
  /** Nobody listens at the port on ::1. */
  const programAt = (port: number): string => `
    const net = require('node:net');
    const server = net.createServer((socket) => socket.end()).listen(${port}, '127.0.0.1', () => {
      const lookup = (_, options, callback) => setImmediate(() => options.all
        ? callback(null, [{ address: '::1', family: 6 }, { address: '127.0.0.1', family: 4 }])
        : callback(null, '::1', 6));
      const { port } = server.address();
      const socket = net.connect({ host: 'a.test', port, lookup, autoSelectFamily: undefined });
      let attempts = 0;
      socket.on('connectionAttemptFailed', () => attempts++);
      socket.on('connect', () => {
        console.log(socket.remoteAddress, attempts, net.Socket.prototype.connect.length);
        socket.destroy();
        server.close();
      });
    });
  `;

  test.each([
    ['--require', ['--require', 'connect-by-list/register'], ''],
    ['--import', ['--import', 'connect-by-list/register'], ''],
    ['require() in the first line', [], "require('connect-by-list/register');"],
    ['a worker thread', [], 'worker'],
  ])('%s', async (_, nodeArguments, first) => {
    const program = programAt(await ownPort());
    const inWorker = `
      const { Worker } = require('node:worker_threads');
      new Worker(${JSON.stringify(`require('connect-by-list/register');${program}`)}, { eval: true });
    `;
    const text = first === 'worker' ? inWorker : `${first}${program}`;
    const { code, stdout, stderr } = await runChild(text, nodeArguments);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    // Node's own connect() would have tried both too; ours takes any number of arguments.
    expect(stdout).toBe('127.0.0.1 1 0\n');
  });
});

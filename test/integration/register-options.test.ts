// connect-by-list/register: its own options, and those of each call.

import * as dns from 'node:dns';
import { once } from 'node:events';
import * as net from 'node:net';

import { register } from '#dist/register';
import { openSockets } from '../support/descriptors';
import { eventually } from '../support/eventually';
import { ownPort, refusingPort } from '../support/ports';
import {
  answering,
  connectedTo,
  registeredInEachTest,
  V4,
  V6,
  type Answer,
} from '../support/registered';
import { serve, type TestServer } from '../support/servers';

const calls = registeredInEachTest();
let server: TestServer;

beforeAll(async () => {
  server = await serve('127.0.0.1');
});

afterAll(() => server.close());

const connected = (options: object): Promise<net.Socket> => connectedTo(server, options);

describe('hosts', () => {
  test('maps a name, and an address, to a list', async () => {
    const refusing = await refusingPort();
    const asked: unknown[] = [];
    register({
      hosts: (host, port) => {
        asked.push([host, port]);
        return [`127.0.0.1:${refusing}`, server];
      },
    });
    for (const host of ['db.internal', '192.0.2.1']) {
      const socket = await connected({ host, port: 3306 });
      expect(socket.remotePort).toBe(server.port);
      socket.destroy();
    }
    expect(asked).toEqual([
      ['db.internal', 3306],
      ['192.0.2.1', 3306],
    ]);
  });
});

describe('blockList', () => {
  test('guards names and addresses, with one address or several', async () => {
    const blockList = new net.BlockList();
    blockList.addSubnet('127.0.0.0', 8);
    blockList.addAddress('::1', 'ipv6');
    register({ blockList });
    for (const options of [
      { host: '127.0.0.1' },
      { host: '0.0.0.0' },
      { host: 'a.test', lookup: answering(V4) },
      { host: 'a.test', lookup: answering(V4, V6) },
    ]) {
      const socket = net.connect({ port: server.port, ...options });
      const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
      expect(error.code).toBe('ERR_IP_BLOCKED');
    }
  });
});

describe('what a call says, and what its lookup answers, is taken as Node takes it', () => {
  const two = answering(V4, { address: '127.0.0.2', family: 4 });

  test.each([
    ['a text', (callback: Answer) => callback(null, '127.0.0.1', 4)],
    ['entries without a family', (callback: Answer) => callback(null, [{ address: '127.0.0.1' }])],
  ])('a blockList holds where a lookup answers with %s', async (_, answer) => {
    const blockList = new net.BlockList();
    blockList.addSubnet('127.0.0.0', 8);
    register({ blockList });
    const lookup = ((_name: string, _options: object, callback: Answer) =>
      answer(callback)) as unknown as net.LookupFunction;
    for (const autoSelectFamily of [undefined, false]) {
      const socket = net.connect({
        host: 'a.test',
        port: server.port,
        lookup,
        autoSelectFamily: autoSelectFamily as false,
      });
      const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
      expect(error.code).toBe('ERR_IP_BLOCKED');
    }
  });

  test('localPort', async () => {
    const localPort = await ownPort();
    const socket = await connected({ host: 'a.test', lookup: answering(V4, V6), localPort });
    expect(socket.localPort).toBe(localPort);
    socket.destroy();
  });

  test.each([-1, 70_000, 1.5])('localPort: %p is for Node to refuse', async (localPort) => {
    const socket = net.connect({ host: 'a.test', port: server.port, lookup: two, localPort });
    await new Promise((resolve) => socket.once('error', resolve).once('connect', resolve));
    socket.destroy();
    expect(calls.count()).toBe(0);
  });

  test('connect() again and again, before and after destroy(): one connection, and nothing stays open', async () => {
    const before = openSockets();
    const options = { host: 'a.test', port: server.port, lookup: two };
    for (const isDestroyed of [false, true]) {
      const socket = new net.Socket();
      for (let i = 0; i < 3; i++) {
        if (isDestroyed) socket.destroy();
        socket.connect(options);
      }
      await once(socket, 'connect');
      socket.destroy();
    }
    await eventually(() => openSockets() <= before);
    await eventually(() => server.sockets.size === 0);
  });

  test('a lookup that answers twice makes one connection', async () => {
    for (const later of [(f: () => void) => f(), (f: () => void) => setTimeout(f, 20)]) {
      const lookup = ((_name: string, _options: object, callback: Answer) => {
        setImmediate(() => callback(null, [V4, { address: '127.0.0.2', family: 4 }]));
        setImmediate(() => later(() => callback(null, [V4, { address: '127.0.0.3', family: 4 }])));
      }) as unknown as net.LookupFunction;
      (await connected({ host: 'a.test', lookup })).destroy();
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(calls.count()).toBe(2);
  });

  test('options that are inherited, or computed, hold', async () => {
    class Options {
      readonly #port = server.port;
      readonly host = 'a.test';
      readonly lookup = two;
      get port(): number {
        return this.#port;
      }
    }
    for (const options of [
      new Options(),
      Object.create({ host: 'a.test', port: server.port, lookup: two }) as Options,
    ]) {
      const socket = net.connect(options);
      await once(socket, 'connect');
      socket.destroy();
    }
    expect(calls.count()).toBe(2);
  });

  test('hints are the caller’s', async () => {
    const seen: unknown[] = [];
    const lookup: net.LookupFunction = (name, options, callback) => {
      seen.push(options.hints);
      two(name, options, callback);
    };
    (await connected({ host: 'a.test', lookup, hints: dns.V4MAPPED })).destroy();
    expect(seen).toEqual([dns.V4MAPPED]);
  });

  test('a program that has opted out by net.setDefaultAutoSelectFamily() is left alone', async () => {
    net.setDefaultAutoSelectFamily(false);
    try {
      (await connected({ host: 'a.test', lookup: two })).destroy();
      expect(calls.count()).toBe(0);
    } finally {
      net.setDefaultAutoSelectFamily(true);
    }
  });
});

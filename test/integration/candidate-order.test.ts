// What the caller means by a list: order, priority and weight.

import {
  connectByList,
  History,
  sortAddressPairs,
  type ConnectOptions,
  type EndpointLike,
  type EndpointList,
  type HostAndPort,
  type Order,
} from '#dist/index';
import type { Row } from '#dist/attempts/attempt';
import { connectErrorOf, errorWithCode } from '../support/failure';
import { refusingPort } from '../support/ports';
import { serve } from '../support/servers';

const NO_HISTORY = { history: false } as const;

async function ordered(list: EndpointList, options: ConnectOptions = {}): Promise<string[]> {
  const pairs = await sortAddressPairs(list, options);
  return pairs.map(({ remote }) => `${remote.address} ${remote.port}`);
}

/** Where the attempts of a call that connects to nothing went, in the order in which they started. */
async function attempted(list: EndpointList, options: ConnectOptions): Promise<string[]> {
  const error = await connectErrorOf(connectByList(list, { ...NO_HISTORY, ...options }));
  return error.attempts.map(({ host }) => host);
}

let port: number;

beforeAll(async () => {
  port = await refusingPort();
});

const loopback = (...hosts: string[]): HostAndPort[] => hosts.map((host) => ({ host, port }));

describe("order: 'given'", () => {
  const hosts = ['127.0.0.3', '127.0.0.1', '::1', '127.0.0.2'];

  test('the list to the letter: families are not interleaved', async () => {
    expect(await attempted(loopback(...hosts), { order: 'given' })).toEqual(hosts);
    expect(await ordered(loopback(...hosts), { order: 'given' })).toEqual(
      hosts.map((host) => `${host} ${port}`),
    );
  });

  test('addresses of a name as the resolver gave them', async () => {
    const lookup: ConnectOptions['lookup'] = (_, _options, callback) =>
      callback(null, [
        { address: '127.0.0.9', family: 4 },
        { address: '127.0.0.8', family: 4 },
        { address: '::1', family: 6 },
      ]);
    const error = await connectErrorOf(
      connectByList([{ host: 'a.test', port }], {
        ...NO_HISTORY,
        lookup,
        order: 'given',
      }),
    );
    expect(error.attempts.map(({ remoteAddress }) => remoteAddress?.address)).toEqual([
      '127.0.0.9',
      '127.0.0.8',
      '::1',
    ]);
  });

  test('rfc6724, the default, sorts the same list', async () => {
    const mixed = loopback(...hosts);
    const [first] = await ordered(mixed);
    expect(first).toMatch(/^::1 /);
    expect(await ordered(mixed, { order: 'rfc6724' })).toEqual(await ordered(mixed));
  });
});

describe("order: 'shuffle'", () => {
  test('each comes first at some time, and none is lost', async () => {
    const list = loopback('127.0.0.1', '127.0.0.2', '127.0.0.3', '::1');
    const first = new Set<string | undefined>();
    // The chance that one of four is never first in 100 shuffles is below 1 in 10^11.
    for (let i = 0; i < 100; i++) {
      const order = await ordered(list, { order: 'shuffle' });
      expect([...order].sort()).toEqual((await ordered(list)).sort());
      first.add(order[0]);
    }
    expect(first.size).toBe(4);
  });
});

describe('history', () => {
  test('puts a silent destination behind the others in every order, and false does not', async () => {
    for (const order of ['rfc6724', 'given', 'shuffle'] as Order[]) {
      const history = new History();
      const list = loopback('127.0.0.1', '127.0.0.2');
      const row = {
        ...{ host: '127.0.0.1', port: 1, address: '127.0.0.1', localAddress: '', localPort: 1 },
        ...{ outcome: 'timeout', code: 'ETIMEDOUT', cause: undefined, start: 0, end: 9e9 },
      } as Row;
      const target = {
        host: '',
        address: '127.0.0.1',
        port,
        family: 4,
        priority: 0,
        weight: 0,
      } as const;
      history.learn(
        {
          count: 1,
          winner: undefined,
          rowOf: () => row,
          targetOf: () => target,
          sourceOf: () => '127.0.0.1',
        },
        0,
        1,
      );
      expect(await attempted(list, { order, history })).toEqual(['127.0.0.2', '127.0.0.1']);
    }
    const list = loopback('127.0.0.1', '127.0.0.2');
    expect(await attempted(list, { order: 'given' })).toEqual(['127.0.0.1', '127.0.0.2']);
  });
});

describe('priority', () => {
  test('lower numbers first, whatever the order of the list and of RFC 6724', async () => {
    const list = [
      { host: '::1', port, priority: 30 },
      { host: '127.0.0.2', port, priority: 20 },
      { host: '127.0.0.1', port },
      { host: '127.0.0.3', port, priority: 20 },
    ];
    for (const order of ['rfc6724', 'given'] as const) {
      const hosts = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '::1'];
      expect(await attempted(list, { order })).toEqual(hosts);
    }
  });

  test('a higher number waits until the names of the lower ones are resolved', async () => {
    const server = await serve('127.0.0.1');
    const answers: (() => void)[] = [];
    const lookup: ConnectOptions['lookup'] = (_, _options, callback) => {
      answers.push(() => callback(null, [{ address: '127.0.0.7', family: 4 }]));
    };
    const list = [
      { host: 'primary.test', port },
      { host: '127.0.0.1', port: server.port, priority: 1 },
    ];
    setTimeout(() => answers.forEach((answer) => answer()), 200);
    const { socket, attempts } = await connectByList(list, { lookup, ...NO_HISTORY });
    socket.destroy();
    await server.close();
    expect(attempts).toMatchObject([
      { host: 'primary.test', outcome: 'failed' },
      { host: '127.0.0.1', outcome: 'connected' },
    ]);
  });

  test('a name of a lower number that is not resolved is no reason to wait any longer', async () => {
    const server = await serve('127.0.0.1');
    const lookup: ConnectOptions['lookup'] = (_, _options, callback) => {
      callback(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), []);
    };
    const list = [
      { host: '127.0.0.1', port: server.port, priority: 1 },
      { host: 'primary.test', port },
    ];
    const { socket, remoteAddress } = await connectByList(list, { lookup });
    socket.destroy();
    await server.close();
    expect(remoteAddress.port).toBe(server.port);
  });
});

describe('weight', () => {
  test('the heavier one comes first more often', async () => {
    const list = [
      { host: '127.0.0.1', port, weight: 1 },
      { host: '127.0.0.2', port, weight: 1_000 },
    ];
    let heavy = 0;
    for (let i = 0; i < 100; i++) {
      const [first] = await ordered(list);
      if (first?.startsWith('127.0.0.2')) heavy++;
    }
    // The chance of less is below 1 in 10^40.
    expect(heavy).toBeGreaterThan(80);
  });

  test('orders within a priority only', async () => {
    const list = [
      { host: '127.0.0.1', port, priority: 1, weight: 65_535 },
      { host: '127.0.0.2', port, priority: 0, weight: 0 },
    ];
    for (let i = 0; i < 20; i++) expect((await ordered(list))[0]).toBe(`127.0.0.2 ${port}`);
  });
});

describe('bad values', () => {
  test.each([
    ['priority', -1, 'ERR_OUT_OF_RANGE'],
    ['priority', 65_536, 'ERR_OUT_OF_RANGE'],
    ['weight', 1.5, 'ERR_OUT_OF_RANGE'],
    ['weight', NaN, 'ERR_OUT_OF_RANGE'],
    ['priority', '1', 'ERR_INVALID_ARG_TYPE'],
    ['weight', null, 'ERR_INVALID_ARG_TYPE'],
  ])('%s: %p', async (name, value, code) => {
    const list = ['127.0.0.1:1', { host: '127.0.0.1', port: 1, [name]: value }];
    const call = connectByList(list as EndpointLike[]);
    await expect(call).rejects.toThrow(errorWithCode(code));
    await expect(call).rejects.toThrow(`endpoints[1].${name}`);
  });

  test.each(['best', 0, null, {}])('order: %p', async (order) => {
    const call = connectByList(['127.0.0.1:1'], { order: order as Order });
    await expect(call).rejects.toThrow(errorWithCode('ERR_INVALID_ARG_VALUE'));
  });

  test.each([
    { attemptDelay: 100 },
    { attemptTimeout: 100 },
    { order: 'given' as const },
    { history: false as const },
    { tls: {} },
    { handshake: () => Promise.resolve() },
    { localAddress: '127.0.0.1' },
    { localPort: 0 },
  ])('winsock does not have %p, and the error names it', async (options: ConnectOptions) => {
    const call = connectByList(['127.0.0.1:1'], { ...options, engine: 'winsock' });
    await expect(call).rejects.toThrow(errorWithCode('ERR_INVALID_ARG_VALUE'));
    await expect(call).rejects.toThrow(`options.${Object.keys(options).join()}`);
  });

  test('winsock does not have priorities', async () => {
    const list = [{ host: '127.0.0.1', port: 1, priority: 1 }];
    const call = connectByList(list, { engine: 'winsock' });
    await expect(call).rejects.toThrow(errorWithCode('ERR_INVALID_ARG_VALUE'));
  });
});

test('what server.address() returns is an endpoint', async () => {
  const server = await serve('127.0.0.1');
  const { socket, remoteAddress } = await connectByList([
    { address: server.host, port: server.port, family: 'IPv4' },
  ]);
  socket.destroy();
  await server.close();
  expect(remoteAddress.port).toBe(server.port);
});

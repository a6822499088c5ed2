// What the race engine learns from earlier connects.

import * as os from 'node:os';

import type { Row } from '#dist/attempts/attempt';
import { connectByList, History, type ConnectOptions, type Connection } from '#dist/index';
import { blackhole, type Blackhole } from '../support/blackhole';
import { connectErrorOf, failureOf } from '../support/failure';
import { refusingPort } from '../support/ports';
import { quickest } from '../support/quickest';
import { serve, type TestServer } from '../support/servers';

describe('history', () => {
  let hole: Blackhole;
  let healthy: TestServer;
  let dead: string;
  let alive: string;
  beforeAll(async () => {
    [hole, healthy] = await Promise.all([blackhole(), serve()]);
    dead = `127.0.0.1:${hole.port}`;
    alive = `127.0.0.1:${healthy.port}`;
  });
  afterAll(() => Promise.all([hole.close(), healthy.close()]));

  async function tried(list: string[], options: ConnectOptions): Promise<Connection['attempts']> {
    const { attempts, socket } = await connectByList(list, { engine: 'race', ...options });
    socket.destroy();
    return attempts;
  }

  test('the second connect to a list whose first 16 entries are dead begins with the one that lives', async () => {
    const history = new History();
    const list = [...Array.from({ length: 16 }, () => dead), alive];
    const first = await tried(list, { history, attemptDelay: 20 });
    expect(first).toHaveLength(17);
    const second = await tried(list, { history, attemptDelay: 20 });
    expect(second).toMatchObject([{ port: healthy.port, outcome: 'connected' }]);
  });

  test('what timed out goes behind, and is tried all the same', async () => {
    const history = new History();
    const refusing = await refusingPort();
    const limited = { history, attemptTimeout: 260, engine: 'race' } as const;
    await connectErrorOf(connectByList([dead, `127.0.0.1:${refusing}`], limited));
    const error = await connectErrorOf(connectByList([dead, `127.0.0.1:${refusing}`], limited));
    expect(error.attempts.map(({ port }) => port)).toEqual([refusing, hole.port]);
  });

  test('a host that comes back is tried first again within the ageing time', async () => {
    const history = new History({ maxAge: 5_000 });
    const list = [dead, alive];
    await tried(list, { history, attemptDelay: 20 });
    expect((await tried(list, { history, attemptDelay: 20 }))[0]?.port).toBe(healthy.port);
    await new Promise((resolve) => setTimeout(resolve, 5_100));
    expect((await tried(list, { history, attemptDelay: 20 }))[0]?.port).toBe(hole.port);
  });

  test('RFC 8305 section 5: a known round-trip time lets the next attempt start sooner', async () => {
    const delay = await quickest(250, async () => {
      const history = new History();
      const gone = await serve();
      const list = [`127.0.0.1:${gone.port}`, alive];
      for (let i = 0; i < 4; i++) await tried(list, { history });
      await gone.close();
      // The same address and port, and nobody answers there any more.
      const silent = await blackhole('127.0.0.1', gone.port);
      const attempts = await tried(list, { history });
      await silent.close();
      expect(attempts.map(({ outcome }) => outcome)).toEqual(['lost', 'connected']);
      const [first, second] = attempts.map(({ start }) => start) as [number, number];
      return second - first;
    });
    expect(delay).toBeGreaterThanOrEqual(10);
    // The default, which is the least without the knowledge.
    expect(delay).toBeLessThan(250);
  });

  test('a refusal is an answer: it puts nothing behind', async () => {
    const history = new History();
    const refusing = await refusingPort();
    const list = [`127.0.0.1:${refusing}`, alive];
    await tried(list, { history });
    expect((await tried(list, { history }))[0]?.port).toBe(refusing);
  });

  test('one history serves the process by default; false is none', async () => {
    const list = [dead, alive];
    await tried(list, { attemptDelay: 20 });
    expect(await tried(list, { attemptDelay: 20 })).toHaveLength(1);
    expect(await tried(list, { attemptDelay: 20, history: false })).toHaveLength(2);
  });

  test('it is bounded: the oldest go first', async () => {
    const history = new History({ maxEntries: 2 });
    const servers = await Promise.all([serve(), serve(), serve()]);
    for (const { port } of servers) await tried([`127.0.0.1:${port}`, alive], { history });
    expect(history.size).toBe(2);
    history.clear();
    expect(history.size).toBe(0);
    await Promise.all(servers.map((server) => server.close()));
  });

  test('a list of one address does not use it', async () => {
    const history = new History();
    await tried([alive], { history });
    expect(history.size).toBe(0);
  });

  test('RFC 8305 section 4: what was learned on one network is not used on another', async () => {
    const history = new History();
    const list = [dead, alive];
    await tried(list, { history, attemptDelay: 20 });
    expect((await tried(list, { history, attemptDelay: 20 }))[0]?.port).toBe(healthy.port);
    const interfaces = os.networkInterfaces();
    const vpn = {
      address: '10.8.0.2',
      cidr: '10.8.0.2/24',
      family: 'IPv4',
      internal: false,
    } as const;
    const changed = jest
      // The module itself: what an import makes of it cannot be changed.
      .spyOn(jest.requireActual<typeof os>('node:os'), 'networkInterfaces')
      .mockReturnValue({ ...interfaces, tun0: [{ ...vpn, netmask: '255.255.255.0', mac: '' }] });
    // The system is asked once a second.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const after = await tried(list, { history, attemptDelay: 20 });
    changed.mockRestore();
    expect(after[0]?.port).toBe(hole.port);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
  });

  test('what was learned from one source address is not used from another', async () => {
    const history = new History();
    const list = [dead, alive];
    await tried(list, { history, attemptDelay: 20, localAddress: '127.0.0.1' });
    const same = await tried(list, { history, attemptDelay: 20, localAddress: '127.0.0.1' });
    expect(same[0]?.port).toBe(healthy.port);
    if (process.platform !== 'linux') return; // The others have but one address on loopback.
    const other = await tried(list, { history, attemptDelay: 20, localAddress: '127.0.0.2' });
    expect(other[0]?.port).toBe(hole.port);
  });

  test('the round-trip time is that of TCP alone: a handshake takes longer', () => {
    const history = new History();
    const target = {
      host: '192.0.2.1',
      address: '192.0.2.1',
      port: 443,
      family: 4,
      priority: 0,
      weight: 0,
    } as const;
    const row: Row = {
      ...{ host: '192.0.2.1', port: 443, address: '192.0.2.1', localPort: 1, code: undefined },
      ...{ localAddress: '192.0.2.9', outcome: 'connected', cause: undefined },
      ...{ start: 0, connected: 5, end: 200 },
    };
    const lesson = {
      ...{ count: 1, winner: 0, rowOf: () => row, targetOf: () => target },
      sourceOf: () => '192.0.2.9',
    };
    for (let i = 0; i < 4; i++) history.learn(lesson, 0, 1);
    const way = { source: '192.0.2.9', address: '192.0.2.1', port: 443 };
    expect(history.attemptDelay(way)).toBeCloseTo(3 * 5 + 10);
    expect(history.attemptDelay({ ...way, source: '192.0.2.8' })).toBe(0);
  });

  test('bad limits and a history that is none are refused', async () => {
    expect(() => new History({ maxEntries: 0 })).toThrow(RangeError);
    expect(() => new History({ maxAge: NaN })).toThrow(RangeError);
    const options = { history: {} } as unknown as ConnectOptions;
    const failure = await failureOf(connectByList([alive], options));
    expect(failure).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  });
});

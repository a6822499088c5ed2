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

  describe('back-off', () => {
    afterEach(() => void jest.restoreAllMocks());

    /** A history whose destination has failed so often; how long it stays behind is the longest that it can be. */
    function failed(times: number): History {
      jest.spyOn(Math, 'random').mockReturnValue(1 - Number.EPSILON);
      const history = new History({ maxAge: 1e9 });
      for (let i = 0; i < times; i++) history.note(alive, 'bad');
      return history;
    }

    function isBehindAfter(history: History, ms: number): boolean {
      const now = performance.now();
      const clock = jest.spyOn(performance, 'now').mockReturnValue(now + ms);
      const way = { source: '127.0.0.1', address: '127.0.0.1', port: healthy.port };
      const isBehind = history.isBehind(way, '127.0.0.1');
      clock.mockRestore();
      return isBehind;
    }

    test.each([
      [1, 2_000],
      [2, 4_000],
      [3, 8_000],
      [5, 32_000],
      [6, 60_000],
      [50, 60_000],
    ])('after %i failures it stays behind for up to %i ms', (times, ms) => {
      expect(isBehindAfter(failed(times), ms - 500)).toBe(true);
      expect(isBehindAfter(failed(times), ms + 1)).toBe(false);
    });

    test('full jitter: the time is chosen anew each time, and never shorter than one attempt is waited for', () => {
      jest.spyOn(Math, 'random').mockReturnValue(0);
      const history = new History();
      history.note(alive, 'bad');
      expect(isBehindAfter(history, 200)).toBe(true);
      expect(isBehindAfter(history, 251)).toBe(false);
    });

    test('a failed handshake puts a destination behind, and its first success forgets that', async () => {
      const history = new History();
      const other = await serve();
      const list = [`127.0.0.1:${other.port}`, alive];
      let isReady = false;
      const handshake: ConnectOptions['handshake'] = (_, { port }) =>
        port === other.port && !isReady ? Promise.reject(new Error('standby')) : Promise.resolve();
      const options = { history, handshake, order: 'given' } as const;
      expect(await tried(list, options)).toHaveLength(2);
      expect((await tried(list, options))[0]?.port).toBe(healthy.port);
      isReady = true;
      await tried([list[0] as string, `127.0.0.1:${await refusingPort()}`], options);
      expect((await tried(list, options))[0]?.port).toBe(other.port);
      await other.close();
    });
  });

  describe('note()', () => {
    test('an endpoint that was noted as bad stays behind, in each of its spellings, though it accepts', async () => {
      const history = new History();
      const other = await serve();
      const list = [`127.0.0.1:${other.port}`, alive];
      const { socket, remoteAddress } = await connectByList(list, { history, order: 'given' });
      socket.destroy();
      history.note(remoteAddress, 'bad');
      expect((await tried(list, { history, order: 'given' }))[0]?.port).toBe(healthy.port);
      history.clear();
      expect((await tried(list, { history, order: 'given' }))[0]?.port).toBe(other.port);
      await other.close();
    });

    test('a name stands for its addresses', async () => {
      const history = new History();
      const lookup: ConnectOptions['lookup'] = (_, _options, callback) =>
        callback(null, [{ address: '127.0.0.1', family: 4 }]);
      const other = await serve();
      const list = [`a.test:${other.port}`, alive];
      history.note(`a.test:${other.port}`, 'bad');
      const options = { history, lookup, order: 'given' } as const;
      expect((await tried(list, options))[0]?.port).toBe(healthy.port);
      await other.close();
    });

    test('bad arguments throw', () => {
      const history = new History();
      expect(() => history.note('127.0.0.1', 'bad')).toThrow(/endpoints\[0\]/);
      expect(() => history.note(alive, 'good' as 'bad')).toThrow(/verdict/);
    });
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
      ...{ start: 0, connectedAt: 5, end: 200 },
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

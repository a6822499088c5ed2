// The race engine keeps every promise of the suite, and those that only a race can make.

import * as fs from 'node:fs';
import type * as net from 'node:net';

import { connectByList, type Connection, type ConnectOptions } from '#dist/index';
import { describeEngine } from '../behaviour/suite';
import { blackhole, type Blackhole } from '../support/blackhole';
import { socketDescriptors } from '../support/descriptors';
import type { EngineUnderTest } from '../support/engine';
import { connectErrorOf } from '../support/failure';
import { hold } from '../support/hold';
import { refusingPort, refusingPorts } from '../support/ports';
import { quickest } from '../support/quickest';
import { serve, type TestServer } from '../support/servers';

const race: EngineUnderTest = {
  engine: 'race',
  // The tests use the same dead endpoint again and again; history.test.ts has what is learned.
  options: { engine: 'race', history: false },
  races: true,
  preamble: '',
};

describe('race', () => {
  describeEngine(race);

  describe('racing', () => {
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

    async function raced(list: string[], options: ConnectOptions = {}): Promise<Connection> {
      const connection = await connectByList(list, { ...race.options, ...options });
      connection.socket.destroy();
      return connection;
    }

    test('RFC 8305 section 5: the second attempt starts 250 ms after a first that hangs', async () => {
      const { attempts, engine } = await raced([dead, alive]);
      expect(engine).toBe('race');
      expect(attempts.map(({ outcome }) => outcome)).toEqual(['lost', 'connected']);
      const [first, second] = attempts.map(({ start }) => start) as [number, number];
      expect(second - first).toBeGreaterThanOrEqual(250);
    });

    test('RFC 8305 section 5: later delays get shorter, but never below 100 ms', async () => {
      // Compared within the run: were they not shorter, four would take as long as four times the first.
      const ratio = await quickest(4, async () => {
        const { attempts } = await raced([dead, dead, dead, dead, alive]);
        const starts = attempts.map(({ start }) => start);
        const delays = starts.slice(1).map((start, i) => start - (starts[i] ?? NaN));
        const least = [250, 125, 100, 100];
        delays.forEach((delay, i) => expect(delay).toBeGreaterThanOrEqual(least[i] as number));
        return (starts[4] as number) / (delays[0] as number);
      });
      expect(ratio).toBeLessThan(4);
    });

    test('attemptDelay sets the time between two starts', async () => {
      const both = await quickest(250, async () => {
        const { attempts } = await raced([dead, dead, alive], { attemptDelay: 40 });
        const starts = attempts.map(({ start }) => start);
        const [first, second, third] = starts as [number, number, number];
        expect(second - first).toBeGreaterThanOrEqual(40);
        expect(third - second).toBeGreaterThanOrEqual(40);
        return third - first;
      });
      // The default would be 250 for the first of them alone.
      expect(both).toBeLessThan(250);
    });

    test('a failure lets the next one start at once, whatever the delay', async () => {
      const ports = await refusingPorts(5);
      const list = [...ports.map((port) => `127.0.0.1:${port}`), alive];
      const { attempts } = await raced(list, { attemptDelay: 60_000 });
      expect(attempts).toHaveLength(6);
    });

    test('C08 attemptDelay: Infinity goes strictly one by one', async () => {
      const options = { attemptDelay: Infinity, attemptTimeout: 80 };
      const { attempts } = await raced([dead, dead, alive], options);
      expect(attempts.map(({ outcome }) => outcome)).toEqual(['timeout', 'timeout', 'connected']);
      attempts.slice(1).forEach(({ start }, i) => {
        expect(start).toBeGreaterThanOrEqual(attempts[i]?.end as number);
      });
    });

    test('attemptTimeout ends one attempt, and the next one starts at once', async () => {
      const options = { attemptTimeout: 50, attemptDelay: 60_000 };
      const { attempts } = await raced([dead, alive], options);
      expect(attempts[0]).toMatchObject({ outcome: 'timeout', code: 'ETIMEDOUT' });
      expect(attempts[1]?.start).toBeGreaterThanOrEqual(50);
    });

    test('starting an attempt never cancels another: the slow first one still wins', async () => {
      const slow = await blackhole();
      const list = [`127.0.0.1:${slow.port}`, dead, dead, dead];
      const pending = raced(list, { attemptDelay: 20, timeout: 20_000 });
      setTimeout(() => slow.release(), 200);
      const { attempts } = await pending;
      await slow.close();
      expect(attempts.map(({ outcome }) => outcome)).toEqual(['connected', 'lost', 'lost', 'lost']);
    });

    test('timeout is a hard deadline, with an error for every attempt it cut off', async () => {
      const refusing = `127.0.0.1:${await refusingPort()}`;
      const list = [refusing, dead, dead, alive];
      // All are started long before the deadline, however busy the machine is.
      const options = { ...race.options, timeout: 2_000, attemptDelay: 20 };
      const error = await connectErrorOf(connectByList(list.slice(0, 3), options));
      expect(error).toMatchObject({ code: 'ETIMEDOUT', syscall: 'connect' });
      expect(error.errors).toMatchObject([
        { code: 'ECONNREFUSED' },
        { code: 'ETIMEDOUT', address: '127.0.0.1', port: hole.port },
        { code: 'ETIMEDOUT', address: '127.0.0.1', port: hole.port },
      ]);
      expect(error.attempts[2]?.end).toBeGreaterThanOrEqual(2_000);
    });

    test('what the deadline left untried is named as well', async () => {
      const error = await connectErrorOf(
        connectByList([dead, alive], { ...race.options, timeout: 60 }),
      );
      expect(error.errors).toHaveLength(1);
      expect(error.message).toContain(`not tried: ${alive}`);
    });

    test('C07 a refused list longer than one turn of the loop lets others have a turn', async () => {
      const port = await refusingPort();
      const list = Array.from({ length: 3_000 }, () => ({ host: '127.0.0.1', port }));
      let turns = 0;
      const counting = setInterval(() => turns++, 0);
      const error = await connectErrorOf(connectByList(list, race.options));
      clearInterval(counting);
      expect(error.attempts).toHaveLength(3_000);
      expect(turns).toBeGreaterThan(3);
    });

    describe('names that take their time (RFC 8305 section 3)', () => {
      /** Answers each name after so many ms; undefined: never. */
      function slowLookup(times: Record<string, number | undefined>): net.LookupFunction {
        return (name, _options, callback) => {
          const ms = times[name];
          if (ms !== undefined) setTimeout(callback, ms, null, '127.0.0.1', 4);
        };
      }

      test('the names that have their addresses are tried meanwhile', async () => {
        const lookup = slowLookup({ 'quick.test': 0, 'slow.test': undefined });
        const list = [`slow.test:80`, `quick.test:${healthy.port}`];
        const { attempts } = await raced(list, { lookup });
        expect(attempts).toMatchObject([{ host: 'quick.test', outcome: 'connected' }]);
      });

      test('a name that comes late is tried when its turn comes', async () => {
        const lookup = slowLookup({ 'late.test': 150 });
        const { attempts } = await raced([dead, `late.test:${healthy.port}`], { lookup });
        expect(attempts).toMatchObject([
          { outcome: 'lost' },
          { host: 'late.test', outcome: 'connected' },
        ]);
        const [first, second] = attempts.map(({ start }) => start) as [number, number];
        expect(second - first).toBeGreaterThanOrEqual(250);
      });

      test('a name that comes later than its turn is tried at once', async () => {
        const refusing = `127.0.0.1:${await refusingPort()}`;
        const lookup = slowLookup({ 'late.test': 300 });
        const { attempts } = await raced([refusing, `late.test:${healthy.port}`], { lookup });
        expect(attempts).toMatchObject([
          { outcome: 'failed' },
          { host: 'late.test', outcome: 'connected' },
        ]);
        expect(attempts[1]?.start).toBeGreaterThanOrEqual(290);
      });

      test('names that answer soon are ordered with the others: the first wait up to 50 ms', async () => {
        const lookup = slowLookup({ 'soon.test': 5 });
        const list = [`soon.test:${healthy.port}`, alive];
        const { attempts } = await raced(list, { lookup });
        expect(attempts).toMatchObject([{ host: 'soon.test', outcome: 'connected' }]);
      });

      test('at the deadline a name without an answer has an error as well', async () => {
        const lookup = slowLookup({ 'never.test': undefined });
        const options = { ...race.options, lookup, timeout: 200 };
        const error = await connectErrorOf(connectByList([dead, 'never.test:80'], options));
        expect(error).toMatchObject({ code: 'ETIMEDOUT' });
        expect(error.errors).toMatchObject([
          { syscall: 'getaddrinfo', address: 'never.test', code: 'ETIMEDOUT' },
          { syscall: 'connect', address: '127.0.0.1', code: 'ETIMEDOUT' },
        ]);
      });

      test('what comes when the race is over changes nothing', async () => {
        const lookup = slowLookup({ 'late.test': 100 });
        const { attempts } = await raced([alive, `late.test:${healthy.port}`], { lookup });
        await new Promise((resolve) => setTimeout(resolve, 150));
        expect(attempts).toMatchObject([{ host: '127.0.0.1', outcome: 'connected' }]);
        expect(healthy.sockets.size).toBe(0);
      });
    });

    describe('while JavaScript holds the loop', () => {
      // The SYN that the listener dropped is sent anew after one second, when it accepts again: the
      // connection is made while the loop is held, and the timers are due when it is let go.
      test.each([
        ['the next attempt is not started', { attemptDelay: 1_500 }],
        ['the attempt is not ended by attemptTimeout', { attemptTimeout: 1_500 }],
        ['the attempt is not cut off by timeout', { timeout: 1_500 }],
      ])('a connection made meanwhile counts: %s', async (_what, options) => {
        const late = await blackhole();
        const pending = raced([`127.0.0.1:${late.port}`, alive], {
          attemptDelay: 60_000,
          ...options,
        });
        late.release();
        hold(2_000);
        const { attempts } = await pending;
        await late.close();
        expect(attempts).toMatchObject([{ port: late.port, outcome: 'connected' }]);
      });

      test('a delay counts from the start of the attempt, however old the loop’s own time is', async () => {
        hold(400);
        const { attempts } = await raced([dead, alive], { attemptDelay: 300 });
        const [first, second] = attempts.map(({ start }) => start) as [number, number];
        expect(second - first).toBeGreaterThanOrEqual(300);
      });
    });
  });

  test.each([
    ['0.0.0.0', '127.0.0.1'],
    ['::', '::1'],
  ])('a connect to %s reaches %s, on Windows too', async (host, loopback) => {
    const server = await serve(loopback);
    const { socket } = await connectByList([{ host, port: server.port }], race.options);
    expect(socket.remoteAddress).toBe(loopback);
    socket.destroy();
    await server.close();
  });

  const onLinux = process.platform === 'linux' ? describe : describe.skip;
  onLinux('on Linux', () => {
    test('IPv4 goes by AF_INET, so that it works where IPv6 is off', async () => {
      const server = await serve();
      const { socket } = await connectByList([`[::ffff:127.0.0.1]:${server.port}`], race.options);
      const port = (socket.localPort as number).toString(16).toUpperCase().padStart(4, '0');
      const listed = (table: string): boolean =>
        fs.readFileSync(`/proc/self/net/${table}`, 'latin1').includes(`0100007F:${port} `);
      expect(listed('tcp')).toBe(true);
      socket.destroy();
      await server.close();
    });

    test('a link-local style zone picks the interface', async () => {
      const server = await serve('::1');
      const { socket, attempts } = await connectByList([`[::1%lo]:${server.port}`], race.options);
      expect(attempts[0]).toMatchObject({ host: '::1%lo', outcome: 'connected' });
      socket.destroy();
      await server.close();
    });

    test('sockets are non-blocking and close-on-exec while they connect', async () => {
      const hole = await blackhole();
      const before = socketDescriptors();
      const controller = new AbortController();
      const options = { ...race.options, signal: controller.signal };
      const pending = connectByList([`127.0.0.1:${hole.port}`], options).catch(() => undefined);
      const flags = [...socketDescriptors()]
        .filter(([name]) => !before.has(name))
        .map(([, fd]) => fs.readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))
        .map((info) => Number(/^flags:\s*(\d+)/m.exec(info)?.[1]));
      controller.abort();
      await pending;
      await hole.close();
      // In octal, as the kernel prints them: O_CLOEXEC 02000000, O_NONBLOCK 04000, O_RDWR 02.
      expect(flags).toEqual([2004002]);
    });
  });
});

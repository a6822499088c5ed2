// Eyes: the tracing channels of diagnostics_channel, NODE_DEBUG, and what they cost nobody.

import { AsyncLocalStorage } from 'node:async_hooks';
import * as diagnostics from 'node:diagnostics_channel';
import { once } from 'node:events';

import {
  type Connection,
  connect,
  connectByList,
  ConnectError,
  type AttemptTrace,
  type ConnectOptions,
  type ConnectTrace,
} from '#dist/index';
import { addon } from '#dist/native/addon';
import { blackhole, type Blackhole } from '../support/blackhole';
import { runChild } from '../support/child';
import { eventually } from '../support/eventually';
import { connectErrorOf, failureOf } from '../support/failure';
import { refusingPort } from '../support/ports';
import { serve, type TestServer } from '../support/servers';

const OPTIONS: ConnectOptions = { engine: 'race', history: false };
const EVENTS = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const;

type Trace = ConnectTrace & AttemptTrace;
interface CallTrace {
  /** Such as 'connect:start'. */
  name: string;
  trace: Trace;
  /** What the trace carried then. */
  result: unknown;
  error: unknown;
}

describe('diagnostics', () => {
  let server: TestServer;
  let alive: string;
  let refused: string;
  const subscribed: (() => void)[] = [];

  beforeAll(async () => {
    server = await serve();
    alive = `127.0.0.1:${server.port}`;
    refused = `127.0.0.1:${await refusingPort()}`;
  });
  afterEach(() => {
    for (const unsubscribe of subscribed.splice(0)) unsubscribe();
  });
  afterAll(() => server.close());

  function subscribe(name: string, hear: (trace: unknown) => void): void {
    const channel = `tracing:connect-by-list:${name}`;
    diagnostics.subscribe(channel, hear);
    subscribed.push(() => diagnostics.unsubscribe(channel, hear));
  }

  /** Hears all that is said on these channels from now on. */
  function listen(...channels: ('connect' | 'attempt')[]): CallTrace[] {
    const heard: CallTrace[] = [];
    for (const channel of channels) {
      for (const event of EVENTS) {
        subscribe(`${channel}:${event}`, (told) => {
          const trace = told as Trace;
          const { result, error } = trace;
          heard.push({ name: `${channel}:${event}`, trace, result, error });
        });
      }
    }
    return heard;
  }

  const names = (heard: readonly CallTrace[]): string[] => heard.map(({ name }) => name);
  const named = (channel: string, heard: readonly CallTrace[]): string[] =>
    names(heard).flatMap((name) =>
      name.startsWith(`${channel}:`) ? name.split(':').slice(1) : [],
    );

  test('a call that connects, in order, with one object for it and one for each attempt', async () => {
    const heard = listen('connect', 'attempt');
    const connection = await connectByList([refused, alive], OPTIONS);
    connection.socket.destroy();
    // Where the attempts are decided at once, they are told of before the call has returned.
    expect(named('connect', heard)).toEqual(['start', 'end', 'asyncStart', 'asyncEnd']);
    expect(named('attempt', heard)).toEqual([
      ...['start', 'end', 'error', 'asyncStart', 'asyncEnd'],
      ...['start', 'end', 'asyncStart', 'asyncEnd'],
    ]);
    expect(heard[0]?.name).toBe('connect:start');
    expect(names(heard.slice(-2))).toEqual(['connect:asyncStart', 'connect:asyncEnd']);
    const traces = [...new Set(heard.map(({ trace }) => trace))];
    expect(traces).toHaveLength(3);
    const [call, first, second] = traces as [Trace, Trace, Trace];
    expect(call.endpoints).toEqual([refused, alive]);
    expect(call.result).toBe(connection);
    expect(call).not.toHaveProperty('error');
    expect([first.connect, second.connect]).toEqual([call, call]);
    expect(first.connect).toBe(call);
    expect(first).toMatchObject({
      host: '127.0.0.1',
      result: { outcome: 'failed', code: 'ECONNREFUSED' },
      error: { code: 'ECONNREFUSED', syscall: 'connect' },
    });
    expect(second).toMatchObject({ port: server.port, result: { outcome: 'connected' } });
    expect(second).not.toHaveProperty('error');
    expect(connection.attempts).toEqual([first.result, second.result]);
  });

  test('a result and an error are there from their event on, and not before', async () => {
    const heard = listen('connect', 'attempt');
    await connectErrorOf(connectByList([refused], OPTIONS));
    const told = Object.fromEntries(
      heard.map(({ name, result, error }) => [name, [result !== undefined, error !== undefined]]),
    );
    expect(told).toEqual({
      'connect:start': [false, false],
      'connect:end': [false, false],
      'connect:error': [false, true],
      'connect:asyncStart': [false, true],
      'connect:asyncEnd': [false, true],
      'attempt:start': [false, false],
      'attempt:end': [false, false],
      'attempt:error': [true, true],
      'attempt:asyncStart': [true, true],
      'attempt:asyncEnd': [true, true],
    });
  });

  test('a call that fails carries the ConnectError', async () => {
    const heard = listen('connect');
    const error = await connectErrorOf(connectByList([refused, refused], OPTIONS));
    expect(error).toBeInstanceOf(ConnectError);
    expect(names(heard)).toEqual([
      'connect:start',
      'connect:end',
      'connect:error',
      'connect:asyncStart',
      'connect:asyncEnd',
    ]);
    expect(heard[2]?.error).toBe(error);
  });

  test('connect() is traced as well', async () => {
    const heard = listen('connect', 'attempt');
    const socket = connect([refused, alive], OPTIONS);
    await once(socket, 'connect');
    const { remotePort } = socket;
    socket.destroy();
    expect(named('connect', heard)).toEqual(['start', 'end', 'asyncStart', 'asyncEnd']);
    const { result } = heard.find(({ name }) => name === 'connect:asyncEnd') ?? {};
    expect(result).toMatchObject({ engine: 'race', attempts: socket.attempts });
    expect((result as Connection).socket).toBe(socket);
    expect((result as Connection).remoteAddress.port).toBe(remotePort);
    const outcomes = heard.filter(({ name }) => name === 'attempt:asyncEnd');
    expect(outcomes.map(({ result }) => result)).toEqual(socket.attempts);
  });

  test('and so is a connect() that connects to nothing', async () => {
    const heard = listen('connect');
    const socket = connect([refused], OPTIONS);
    const [error] = (await once(socket, 'error')) as [Error];
    expect(named('connect', heard)).toEqual(['start', 'end', 'error', 'asyncStart', 'asyncEnd']);
    expect(heard.find(({ name }) => name === 'connect:error')?.error).toBe(error);
  });

  test('attempts can be listened to alone', async () => {
    const heard = listen('attempt');
    const { socket } = await connectByList([alive], OPTIONS);
    socket.destroy();
    const four = ['start', 'end', 'asyncStart', 'asyncEnd'].map((event) => `attempt:${event}`);
    expect(names(heard)).toEqual(four);
    expect(heard[0]?.trace.connect.endpoints).toEqual([alive]);
  });

  test('a bad argument is no call', async () => {
    const heard = listen('connect', 'attempt');
    await expect(connectByList([], OPTIONS)).rejects.toThrow(TypeError);
    expect(heard).toEqual([]);
  });

  test('who subscribes in mid-call hears of what comes then only where somebody listened before', async () => {
    const early = listen('connect');
    const pending = connectByList([refused, alive], OPTIONS);
    const late = listen('connect', 'attempt');
    (await pending).socket.destroy();
    expect(names(early)).toContain('connect:asyncEnd');
    expect(names(late)).toContain('connect:asyncEnd');
    for (const unsubscribe of subscribed.splice(0)) unsubscribe();

    const unheard = connectByList([refused, alive], OPTIONS);
    const later = listen('connect', 'attempt');
    (await unheard).socket.destroy();
    expect(later).toEqual([]);
  });

  test('who unsubscribes hears nothing more', async () => {
    const heard = listen('connect', 'attempt');
    const pending = connectByList([refused, alive], OPTIONS);
    for (const unsubscribe of subscribed.splice(0)) unsubscribe();
    const before = heard.length;
    (await pending).socket.destroy();
    expect(heard).toHaveLength(before);
  });

  test('the context of the call is there at each event', async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen = new Set<unknown>();
    for (const channel of ['connect', 'attempt']) {
      for (const event of EVENTS)
        subscribe(`${channel}:${event}`, () => seen.add(storage.getStore()));
    }
    await storage.run('mine', () => connectErrorOf(connectByList([refused, refused], OPTIONS)));
    expect([...seen]).toEqual(['mine']);
  });

  test('what a subscriber throws is an uncaught exception, and the call goes on', async () => {
    const ended = await runChild(`
      const diagnostics = require('node:diagnostics_channel');
      const { connectByList } = require('./dist');
      const caught = [];
      process.on('uncaughtException', (error, origin) => caught.push(origin + ' ' + error.message));
      for (const channel of ['connect', 'attempt']) {
        for (const event of ${JSON.stringify(EVENTS)}) {
          diagnostics.subscribe('tracing:connect-by-list:' + channel + ':' + event, () => {
            throw new Error(channel + ':' + event);
          });
        }
      }
      connectByList(['${refused}', '${alive}'], { engine: 'race' }).then(({ socket, attempts }) => {
        socket.destroy();
        setImmediate(() => {
          console.log(attempts.map(({ outcome }) => outcome).join());
          console.log(new Set(caught.map((text) => text.split(' ')[0])).size, caught.length);
        });
      });
    `);
    expect(ended).toMatchObject({ code: 0, stderr: '', stdout: 'failed,connected\n1 13\n' });
  });

  describe('NODE_DEBUG', () => {
    const program = (list: string[]): string => `
      require('./dist').connectByList(${JSON.stringify(list)}, { engine: 'race', history: false })
        .then(({ socket }) => socket.destroy(), () => {});
    `;

    test('connect-by-list tells of each call and attempt', async () => {
      const environment = { NODE_DEBUG: 'connect-by-list' };
      const { stderr, stdout } = await runChild(program([refused, alive]), [], environment);
      expect(stdout).toBe('');
      const lines = stderr.trim().split('\n');
      const [, pid] = /^CONNECT-BY-LIST (\d+): /.exec(lines[0] ?? '') ?? [];
      const texts = lines.map((line) => line.replace(`CONNECT-BY-LIST ${pid}: `, ''));
      const ms = /after \d+\.\d ms/g;
      expect(texts.map((text) => text.trim().replace(ms, 'after T ms'))).toEqual([
        `#1 connect to ${refused}, ${alive}`,
        `#1 attempt at ${refused}`,
        `#1 attempt at ${refused} (ECONNREFUSED after T ms)`,
        `#1 attempt at ${alive}`,
        `#1 attempt at ${alive} (connected after T ms)`,
        '#1 connected',
      ]);
    });

    test('and of the error', async () => {
      const environment = { NODE_DEBUG: 'connect-by-list' };
      const { stderr } = await runChild(program([refused]), [], environment);
      expect(stderr).toContain('#1 failed: ConnectError: connect ECONNREFUSED');
    });

    test('of others tells nothing of ours', async () => {
      const { stderr } = await runChild(program([refused, alive]), [], { NODE_DEBUG: 'dns' });
      expect(stderr).not.toContain('CONNECT-BY-LIST');
    });
  });

  describe('free when nobody listens', () => {
    /** How often the addon is asked what has changed, and whether it was told to say so. */
    async function asked(call: () => Promise<unknown>): Promise<[asked: number, told: boolean]> {
      const changes = jest.spyOn(addon(), 'takeEvents');
      const race = jest.spyOn(addon(), 'race');
      try {
        await call();
        const watches = race.mock.calls.at(-1)?.at(-1);
        return [changes.mock.calls.length, watches === true];
      } finally {
        changes.mockRestore();
        race.mockRestore();
      }
    }
    let hole: Blackhole;
    // An attempt that hangs: the race goes on while the next one starts.
    const connecting = async (): Promise<void> => {
      const list = [`127.0.0.1:${hole.port}`, alive];
      (await connectByList(list, { ...OPTIONS, attemptDelay: 20 })).socket.destroy();
    };
    beforeAll(async () => {
      hole = await blackhole();
    });
    afterAll(() => hole.close());

    test('the addon is not asked how the race goes', async () => {
      expect(await asked(connecting)).toEqual([0, false]);
    });

    test('where somebody does, it is', async () => {
      const heard = listen('attempt');
      // All of its attempts hang, so that no outcome can bring the news along, however late the loop is.
      const [times, told] = await asked(async () => {
        const controller = new AbortController();
        const list = Array.from({ length: 50 }, () => `127.0.0.1:${hole.port}`);
        const { signal } = controller;
        const hanging = failureOf(connectByList(list, { ...OPTIONS, attemptDelay: 20, signal }));
        await eventually(() => heard.filter(({ name }) => name === 'attempt:start').length > 1);
        controller.abort();
        await hanging;
      });
      expect(times).toBeGreaterThan(0);
      expect(told).toBe(true);
    });

    test('and no more when he has left', async () => {
      listen('connect', 'attempt');
      for (const unsubscribe of subscribed.splice(0)) unsubscribe();
      expect(await asked(connecting)).toEqual([0, false]);
    });
  });
});

// C19: a call that blocks for minutes keeps nobody else waiting. At most half of libuv's pool is taken,
// and an abort, an exit or the end of a worker ends the call, however the system reacts to CancelIoEx.

import * as dns from 'node:dns/promises';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import { Worker } from 'node:worker_threads';

import { connectByList, type ConnectOptions } from '#dist/index';
import { runChild } from '../support/child';
import { eventually } from '../support/eventually';
import { failureOf } from '../support/failure';
import { serve, type TestServer } from '../support/servers';
import type * as StandIn from './stand-in/index';
import { hasRealFunction, INSTALL_STAND_IN, installStandIn } from './system';

const HUNG = 64;
/** Above any noise, below any attempt that is waited for. */
const AT_ONCE_MS = 15_000;

const onTheStandIn = hasRealFunction ? describe.skip : describe;

onTheStandIn('threads', () => {
  let standIn: typeof StandIn;
  let server: TestServer;
  let alive: string;

  beforeAll(async () => {
    standIn = installStandIn();
    server = await serve();
    alive = `127.0.0.1:${server.port}`;
  });
  afterAll(() => server.close());
  beforeEach(() => standIn.reset());
  afterAll(() => standIn.reset());

  /** Calls that hang until they are aborted. */
  function hang(count: number): { abort(): void; ended: Promise<unknown> } {
    const controller = new AbortController();
    const options: ConnectOptions = { engine: 'winsock', signal: controller.signal };
    const calls = Array.from({ length: count }, () => failureOf(connectByList([alive], options)));
    return { abort: () => controller.abort(), ended: Promise.all(calls) };
  }

  const running = (): number => standIn.calls().filter(({ result }) => result === 'running').length;

  test(`${HUNG} hung calls run at once, and leave half of the pool to fs and dns`, async () => {
    standIn.program({ block: Infinity });
    const hung = hang(HUNG);
    await eventually(() => running() === HUNG);
    // Both go through the pool: were it taken, they would never come back.
    await Promise.all(
      Array.from({ length: 20 }, () => Promise.all([fs.stat('.'), dns.lookup('localhost')])),
    );
    expect(running()).toBe(HUNG);
    hung.abort();
    await hung.ended;
    await eventually(() => running() === 0);
    await eventually(() => standIn.liveSockets() === 0);
  });

  test('with a pool of one thread, none of it is taken', async () => {
    const program = `
      const standIn = require('./build-test/windows/stand-in/index');
      standIn.install();
      standIn.program({ block: Infinity });
      const { connectByList } = require('./dist');
      for (let i = 0; i < 4; i++) connectByList(['127.0.0.1:1'], { engine: 'winsock' }).catch(() => {});
      const wait = () => standIn.calls().length < 4 ? setTimeout(wait, 10) :
        require('node:fs').stat('.', () => { console.log('free'); process.exit(0); });
      wait();
    `;
    const ended = await runChild(program, [], { UV_THREADPOOL_SIZE: '1' });
    expect(ended).toMatchObject({ code: 0, stdout: 'free\n' });
  });

  describe.each([
    ['ends the attempt at once, and goes on', { cancel: 'at-once', afterCancel: 'next' }],
    ['ends the attempt at once, and returns', { cancel: 'at-once', afterCancel: 'return' }],
    ['reacts only when the attempt ends', { cancel: 'late', lateMs: 5_000 }],
  ] as const)('where CancelIoEx %s', (_how, program) => {
    beforeEach(() => standIn.program({ block: Infinity, ...program }));

    test('an abort rejects at once, and the call behind it ends without its socket being closed under it', async () => {
      const hung = hang(3);
      await eventually(() => running() === 3);
      const before = performance.now();
      hung.abort();
      await hung.ended;
      // The rejection waits for nothing: even a late system has not reacted by now.
      expect(performance.now() - before).toBeLessThan(4_000);
      await eventually(() => running() === 0);
      await eventually(() => standIn.liveSockets() === 0);
      const calls = standIn.calls();
      expect(calls.every(({ cancels }) => cancels > 0)).toBe(true);
      expect(calls.some(({ closedWhileRunning }) => closedWhileRunning)).toBe(false);
    });

    test.each([
      ['process.exit()', 'process.exit(0)', 0],
      ['an uncaught exception', "throw new Error('on purpose')", 1],
    ])('the process ends by %s', async (_what, then, code) => {
      const child = `
        const standIn = require('./build-test/windows/stand-in/index');
        standIn.install();
        standIn.program(${JSON.stringify({ ...program, block: 60_000 })});
        const { connectByList } = require('./dist');
        for (let i = 0; i < 6; i++) connectByList(['127.0.0.1:1'], { engine: 'winsock' }).catch(() => {});
        const wait = () => {
          if (standIn.calls().length < 6) return setTimeout(wait, 10);
          ${then};
        };
        wait();
      `;
      const before = performance.now();
      expect(await runChild(child)).toMatchObject({ code, signal: null });
      expect(performance.now() - before).toBeLessThan(AT_ONCE_MS);
    });

    test('a worker is terminated', async () => {
      const worker = new Worker(
        `
          ${INSTALL_STAND_IN}
          const { connectByList } = require('./dist');
          for (let i = 0; i < 6; i++) connectByList(['${alive}'], { engine: 'winsock' }).catch(() => {});
          require('node:worker_threads').parentPort.postMessage('calling');
        `,
        { eval: true },
      );
      await once(worker, 'message');
      await eventually(() => running() === 6);
      const before = performance.now();
      await worker.terminate();
      expect(performance.now() - before).toBeLessThan(AT_ONCE_MS);
      await eventually(() => standIn.liveSockets() === 0);
    });
  });

  test.each(['next', 'return'] as const)(
    'a list is not walked to its end when nobody waits for it (after a cancel: %s)',
    async (afterCancel) => {
      standIn.program({ block: Infinity, cancel: 'at-once', afterCancel });
      const controller = new AbortController();
      const list = Array.from({ length: 30 }, () => alive);
      const { signal } = controller;
      const pending = failureOf(connectByList(list, { engine: 'winsock', signal }));
      await eventually(() => running() === 1);
      controller.abort();
      await pending;
      await eventually(() => running() === 0);
      await eventually(() => standIn.liveSockets() === 0);
    },
  );

  test('a connection that comes after the abort is closed', async () => {
    // The attempt hangs for a while and then connects, whatever CancelIoEx says.
    standIn.program({ block: 200, cancel: 'late' });
    const accepted = server.accepted();
    const hung = hang(1);
    await eventually(() => running() === 1);
    hung.abort();
    await hung.ended;
    const socket = await accepted;
    if (!socket.destroyed) await once(socket, 'close');
    await eventually(() => standIn.liveSockets() === 0);
    expect(standIn.calls()).toMatchObject([{ result: 'connected', closed: true }]);
  });

  test('an abort before the call has begun keeps it from beginning, or ends it', async () => {
    standIn.program({ block: Infinity });
    const hung = hang(50);
    hung.abort();
    await hung.ended;
    // Some have passed the addon's own check by now, and are seen here only when they call Winsock: none running in
    // one look says nothing of the next.
    let looks = 0;
    await eventually(() => {
      looks = running() === 0 && standIn.liveSockets() === 0 ? looks + 1 : 0;
      return looks === 25;
    });
  });

  test('C22 handles of Windows stay flat over 1,000 connects of both engines', async () => {
    const connect = async (engine: 'race' | 'winsock'): Promise<void> => {
      const { socket } = await connectByList([alive], { engine });
      socket.destroy();
      await once(socket, 'close');
    };
    for (let i = 0; i < 50; i++) await Promise.all([connect('race'), connect('winsock')]);
    const before = standIn.handleCount();
    for (let i = 0; i < 500; i++) await Promise.all([connect('race'), connect('winsock')]);
    expect(standIn.handleCount() - before).toBeLessThan(50);
  });
});

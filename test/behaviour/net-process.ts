// What a socket of connect() is to the process around it, side by side with net.connect(): each test runs on
// both. docs/net.md lists Node's own tests that these behaviours come from.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { blackhole, type Blackhole } from '../support/blackhole';
import { runChild } from '../support/child';
import type { EngineUnderTest } from '../support/engine';
import { refusingPort } from '../support/ports';
import { serve, type TestServer } from '../support/servers';
import { waysToConnect } from '../support/ways';

const FLAGS = process.allowedNodeEnvironmentFlags;
const PERMISSION = FLAGS.has('--permission') ? '--permission' : '--experimental-permission';
/** Networking is asked for only since Node 25. */
const ASKS_FOR_NET = FLAGS.has('--allow-net');

export function describeNetProcess(engine: EngineUnderTest): void {
  describe.each(waysToConnect(engine))('$name: in a process of its own', ({ name, program }) => {
    let greeting: TestServer;
    let hole: Blackhole;

    beforeAll(async () => {
      hole = await blackhole();
      greeting = await serve('127.0.0.1', (accepted) => accepted.end('welcome'));
    });
    afterAll(() => Promise.all([greeting.close(), hole.close()]));

    function text({ host, port }: { host: string; port: number }): string {
      return JSON.stringify({ host, port });
    }

    test('what a listener throws is an uncaught exception, and no rejected promise', async () => {
      const ended = await runChild(`
        ${program}
        let caught;
        process.on('uncaughtException', (error, origin) => caught([origin, error.message]));
        async function throwing(to, event) {
          const told = new Promise((resolve) => (caught = resolve));
          const socket = connect(to);
          socket.on('error', () => {});
          socket.once(event, () => { throw new Error(event); }).resume();
          console.log(...await told);
          socket.destroy();
        }
        (async () => {
          for (const event of ['connect', 'ready', 'data', 'end', 'close']) {
            await throwing(${text(greeting)}, event);
          }
          for (const event of ['error', 'close']) await throwing(${text({ host: '127.0.0.1', port: await refusingPort() })}, event);
        })();
      `);
      const events = ['connect', 'ready', 'data', 'end', 'close', 'error', 'close'];
      const stdout = events.map((event) => `uncaughtException ${event}\n`).join('');
      expect(ended).toMatchObject({ stdout, stderr: '', code: 0 });
    });

    test('an error that nobody listens for ends the process', async () => {
      const port = await refusingPort();
      const ended = await runChild(`
        ${program}
        process.on('exit', (code) => console.log('exit', code));
        connect({ host: '127.0.0.1', port: ${port} });
      `);
      expect(ended).toMatchObject({ code: 1, stdout: 'exit 1\n' });
      expect(ended.stderr).toContain('ECONNREFUSED');
      expect(ended.stderr).toContain("Emitted 'error' event on");
    });

    // libuv stays for what a handle waits for, whether the handle is unref()'d or not. Ours lets go.
    const letsGo = name === 'connect';

    // The timer is no reason to stay: it expires where the socket is one.
    test.each([
      ['as it is, it keeps the process', '', 7],
      [`after unref() it ${letsGo ? 'lets it go' : 'keeps it'}`, '.unref()', letsGo ? 0 : 7],
      ['after unref() and ref() it keeps it', '.unref().ref()', 7],
    ])('while it connects: %s', async (_what, then, code) => {
      const ended = await runChild(`
        ${program}
        connect(${text(hole)})${then};
        setTimeout(() => process.exit(7), 300).unref();
      `);
      expect(ended).toMatchObject({ code, signal: null, stderr: '' });
    });

    // A call of Winsock's that began in libuv's pool keeps the process until it is over.
    const letsGoAnyTime = letsGo && engine.races;
    (letsGoAnyTime ? test : test.skip)('unref() lets the process go at any time', async () => {
      const ended = await runChild(`
        ${program}
        const socket = connect(${text(hole)});
        setTimeout(() => socket.unref(), 50);
        setTimeout(() => process.exit(7), 2000).unref();
      `);
      expect(ended).toMatchObject({ code: 0, signal: null, stderr: '' });
    });

    test('unref() holds when it has connected', async () => {
      const server = await serve();
      const ended = await runChild(`
        ${program}
        const socket = connect(${text(server)}).unref();
        // As long as this timer keeps the process, it connects.
        const timer = setTimeout(() => {}, 10_000);
        socket.on('connect', () => { console.log('connected'); clearTimeout(timer); });
        setTimeout(() => process.exit(7), 2000).unref();
      `);
      expect(ended).toMatchObject({ code: 0, stdout: 'connected\n', stderr: '' });
      await server.close();
    });

    test('in a worker thread', async () => {
      const worker = new Worker(
        `
          ${program}
          const { parentPort } = require('node:worker_threads');
          let text = '';
          connect(${text(greeting)}).on('data', (chunk) => (text += chunk)).on('close', (hadError) => {
            parentPort.postMessage([text, hadError]);
          });
        `,
        { eval: true },
      );
      const exit = once(worker, 'exit');
      expect(await once(worker, 'message')).toEqual([['welcome', false]]);
      expect(await exit).toEqual([0]);
    });

    describe('under --permission', () => {
      const flags = [PERMISSION, '--allow-addons', '--allow-fs-read=*', '--no-warnings'];

      function connecting(): string {
        return `
          ${program}
          connect(${text(greeting)})
            .on('error', (error) => console.log('error', error.code))
            .on('data', (chunk) => console.log(String(chunk)))
            .on('close', (hadError) => console.log('close', hadError));
        `;
      }

      test('it connects where that is allowed', async () => {
        const allowed = ASKS_FOR_NET ? [...flags, '--allow-net'] : flags;
        const ended = await runChild(connecting(), allowed);
        expect(ended).toMatchObject({ code: 0, stdout: 'welcome\nclose false\n', stderr: '' });
      });

      (ASKS_FOR_NET ? test : test.skip)('without --allow-net it says an error', async () => {
        const ended = await runChild(connecting(), flags);
        const stdout = 'error ERR_ACCESS_DENIED\nclose true\n';
        expect(ended).toMatchObject({ code: 0, stdout, stderr: '' });
        expect(greeting.sockets.size).toBe(0);
      });
    });
  });
}

// Every stage of an environment's life, with a connect in flight: the process, or the worker, ends as if
// there were none.

import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { connectByList } from '#dist/index';
import { blackhole, type Blackhole } from '../support/blackhole';
import { runChild } from '../support/child';
import type { EngineUnderTest } from '../support/engine';

export function describeEnvironments({ engine, options, preamble, races }: EngineUnderTest): void {
  describe('environments', () => {
    let hole: Blackhole;
    beforeAll(async () => {
      hole = await blackhole();
    });
    afterAll(() => hole.close());

    /** A program that has a connect in flight, and then does this. */
    function hanging(then: string): string {
      return `
        ${preamble}
        const { connectByList } = require('./dist');
        const pending = connectByList(['127.0.0.1:${hole.port}'], { engine: '${engine}' });
        pending.catch(() => {});
        setTimeout(() => { ${then} }, 50);
      `;
    }

    test.each([
      ['process.exit()', 'process.exit(0);', 0],
      ['process.exit() in a microtask', 'Promise.resolve().then(() => process.exit(0));', 0],
      [
        "process.exit() in 'exit'",
        "process.on('exit', () => process.exit(3)); process.exit(0);",
        3,
      ],
      ['an uncaught exception', "throw new Error('on purpose');", 1],
      [
        'an uncaught exception with an exit code of its own',
        "process.on('uncaughtException', () => process.exit(7)); throw new Error('on purpose');",
        7,
      ],
      ['a rejection that nobody handles', "Promise.reject(new Error('on purpose'));", 1],
    ])('the process ends by %s', async (_what, then, code) => {
      expect(await runChild(hanging(then))).toMatchObject({ code, signal: null });
    });

    test('the process ends by process.exit() while workers connect', async () => {
      const inWorker = hanging("require('node:worker_threads').parentPort.postMessage('now');");
      const program = `
        const { Worker } = require('node:worker_threads');
        let left = 4;
        for (let i = 0; i < 4; i++) {
          new Worker(${JSON.stringify(inWorker)}, { eval: true }).on('message', () => {
            if (--left === 0) process.exit(0);
          });
        }
      `;
      expect(await runChild(program)).toMatchObject({ code: 0, signal: null, stderr: '' });
    });

    test('garbage collection with everything dropped', async () => {
      const program = `
        ${preamble}
        const { connectByList } = require('./dist');
        let left = 40;
        for (let i = 0; i < 20; i++) {
          connectByList(['127.0.0.1:${hole.port}'], { engine: '${engine}' }).catch(() => {});
          const { signal } = new AbortController();
          connectByList(['127.0.0.1:${hole.port}'], { engine: '${engine}', signal }).catch(() => {});
        }
        const collect = setInterval(() => {
          globalThis.gc();
          if (--left === 0) process.exit(0);
        }, 5);
      `;
      const ended = await runChild(program, ['--expose-gc']);
      expect(ended).toMatchObject({ code: 0, signal: null, stderr: '' });
    });

    const ifItCutsOff = races ? test : test.skip;
    ifItCutsOff('a connect in flight keeps the process, as one of net.connect() does', async () => {
      const program = `
        ${preamble}
        const { connectByList } = require('./dist');
        connectByList(['127.0.0.1:${hole.port}'], { engine: '${engine}', timeout: 300 })
          .catch((error) => console.log(error.code));
      `;
      expect(await runChild(program)).toMatchObject({ code: 0, stdout: 'ETIMEDOUT\n' });
    });

    test('nothing of ours keeps the process when the connect is over', async () => {
      const program = `
        const net = require('node:net');
        ${preamble}
        const { connectByList } = require('./dist');
        const server = net.createServer((socket) => socket.on('error', () => {}).end()).listen(0, '127.0.0.1', async () => {
          const list = [{ host: '127.0.0.1', port: server.address().port }];
          const { socket } = await connectByList(list, { engine: '${engine}' });
          socket.resume().on('close', () => server.close());
        });
      `;
      expect(await runChild(program)).toMatchObject({ code: 0, signal: null, stderr: '' });
    });

    test('a worker is terminated at any moment of a connect', async () => {
      const program = `
        const { parentPort } = require('node:worker_threads');
        ${preamble}
        const { connectByList } = require('./dist');
        const options = { engine: '${engine}' };
        for (let i = 0; i < 20; i++) {
          connectByList(['127.0.0.1:${hole.port}'], options).catch(() => {});
        }
        parentPort.postMessage('connecting');
      `;
      for (let i = 0; i < 20; i++) {
        const worker = new Worker(program, { eval: true });
        if (i % 2) await once(worker, 'message');
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
        await worker.terminate();
      }
    });

    test('many workers connect at once, each with state of its own', async () => {
      const program = `
        const net = require('node:net');
        const { parentPort } = require('node:worker_threads');
        ${preamble}
        const { connectByList } = require('./dist');
        const server = net.createServer((socket) => socket.on('error', () => {}).end('hello')).listen(0, '127.0.0.1', async () => {
          const list = [{ host: '127.0.0.1', port: server.address().port }];
          const { socket } = await connectByList(list, { engine: '${engine}' });
          let text = '';
          for await (const chunk of socket) text += chunk;
          server.close();
          parentPort.postMessage(text);
        });
      `;
      const workers = Array.from({ length: 8 }, () => new Worker(program, { eval: true }));
      const ended = workers.map((worker) => once(worker, 'exit'));
      const answers = await Promise.all(workers.map((worker) => once(worker, 'message')));
      expect(answers.flat()).toEqual(workers.map(() => 'hello'));
      expect((await Promise.all(ended)).flat()).toEqual(workers.map(() => 0));
    });

    test('AsyncLocalStorage and later turns see the context of the call', async () => {
      const storage = new AsyncLocalStorage<string>();
      const signal = AbortSignal.timeout(50);
      const seen = await storage.run('mine', async () => {
        await connectByList([`127.0.0.1:${hole.port}`], { ...options, signal }).catch(
          () => undefined,
        );
        return storage.getStore();
      });
      expect(seen).toBe('mine');
    });

    test('import and require get the same classes', async () => {
      const program = `
        import('connect-by-list').then((imported) => {
          const required = require('connect-by-list');
          const names = Object.keys(required);
          const same = names.filter((name) => imported[name] === required[name]);
          console.log(names.length > 0, same.length === names.length, Object.keys(imported).length === names.length);
        });
      `;
      const { stdout } = await runChild(program);
      expect(stdout).toBe('true true true\n');
    });
  });
}

// The package is there more than once in one process: loaded anew, in a second copy, in a context of its own,
// in a module registry of its own, in many workers. Each connects, and none knows of the other.

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

import type * as Package from '#dist/index';
import { runChild } from '../support/child';
import type { EngineUnderTest } from '../support/engine';
import { serve } from '../support/servers';

const ROOT = path.join(__dirname, '../..');

/** In a child: a server, and `connects(package)`, which fails unless the package connects to it. */
const CONNECTS = (engine: string): string => `
  const net = require('node:net');
  const listening = new Promise((resolve) => {
    const server = net.createServer((socket) => socket.on('error', () => undefined).end('hello'));
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
  async function connects({ connectByList }) {
    const { port } = (await listening).address();
    const { socket } = await connectByList(['127.0.0.1:' + port], { engine: '${engine}' });
    let text = '';
    for await (const chunk of socket) text += chunk;
    if (text !== 'hello') throw new Error('it gave ' + text);
  }
  const end = async () => (await listening).close(() => console.log('done'));
`;

const LOADED_ANEW = `
  (async () => {
    const first = require('./dist');
    const pending = first.connectByList(['127.0.0.1:1', '127.0.0.1:2'], { timeout: 50 }).catch(() => {});
    for (let i = 0; i < 5; i++) {
      for (const file of Object.keys(require.cache)) delete require.cache[file];
      const again = require('./dist');
      if (again === first) throw new Error('it was not loaded anew');
      await Promise.all([connects(first), connects(again), pending]);
    }
    await end();
  })();
`;

/** Every file of the package runs in a context whose Array, Error and Promise are not the main one's. */
const IN_A_CONTEXT = `
  const fs = require('node:fs');
  const path = require('node:path');
  const vm = require('node:vm');
  function loadIn(context) {
    const loaded = new Map();
    const load = (file) => {
      if (loaded.has(file)) return loaded.get(file).exports;
      const module = { exports: {} };
      loaded.set(file, module);
      const near = (id) => id.startsWith('.')
        ? load(path.resolve(path.dirname(file), id.endsWith('.js') ? id : id + '.js'))
        : require(id);
      const run = vm.compileFunction(
        fs.readFileSync(file, 'utf8'),
        ['exports', 'require', 'module', '__filename', '__dirname', 'process', 'performance', 'setTimeout', 'clearTimeout'],
        { parsingContext: context, filename: file },
      );
      run(module.exports, near, module, file, path.dirname(file), process, performance, setTimeout, clearTimeout);
      return module.exports;
    };
    return load(path.resolve('dist/index.js'));
  }
  (async () => {
    const packages = [loadIn(vm.createContext()), loadIn(vm.createContext()), require('./dist')];
    if (packages[0].ConnectError === packages[1].ConnectError) throw new Error('one context for both');
    await Promise.all(packages.map(connects));
    for (const { connectByList, ConnectError } of packages) {
      const error = await connectByList(['127.0.0.1:1'], { timeout: 5000 }).catch((reason) => reason);
      if (!(error instanceof ConnectError)) throw error;
    }
    await end();
  })();
`;

export function describeLoading({ engine, options, preamble }: EngineUnderTest): void {
  describe('loading', () => {
    const done = { code: 0, signal: null, stdout: 'done\n', stderr: '' };

    test('anew, while the one before has a connect in flight', async () => {
      const program = `${preamble} ${CONNECTS(engine)} ${LOADED_ANEW}`;
      expect(await runChild(program)).toMatchObject(done);
    });

    test('in contexts of their own', async () => {
      const program = `${preamble} ${CONNECTS(engine)} ${IN_A_CONTEXT}`;
      expect(await runChild(program)).toMatchObject(done);
    });

    test('in a second copy, with an addon of its own', async () => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-by-list-copy-'));
      for (const part of ['package.json', 'dist', 'build/Release', 'prebuilds']) {
        const from = path.join(ROOT, part);
        const to = path.join(folder, part);
        if (fs.existsSync(from)) fs.cpSync(from, to, { recursive: true, filter: isNoObjectFile });
      }
      const program = `
        ${preamble} ${CONNECTS(engine)}
        const copy = require(${JSON.stringify(path.join(folder, 'dist'))});
        if (copy === require('./dist')) throw new Error('it is no copy');
        Promise.all([connects(require('./dist')), connects(copy)]).then(end);
      `;
      const ended = await runChild(program, [], { NODE_PATH: nodeModules() });
      fs.rmSync(folder, { recursive: true });
      expect(ended).toMatchObject(done);
    });

    test("in two of jest's module registries", async () => {
      const server = await serve();
      const packages: (typeof Package)[] = [];
      for (let i = 0; i < 2; i++) {
        // eslint-disable-next-line @typescript-eslint/no-require-imports -- each registry has a require of its own
        jest.isolateModules(() => packages.push(require('#dist/index') as typeof Package));
      }
      const [one, other] = packages;
      expect(one?.ConnectError).not.toBe(other?.ConnectError);
      for (const { connectByList } of packages) {
        const { socket } = await connectByList([server], options);
        socket.destroy();
      }
      await server.close();
    });
  });
}

/** Where the package's own dependency is found. */
function nodeModules(): string {
  return path.join(path.dirname(require.resolve('node-gyp-build/package.json')), '..');
}

function isNoObjectFile(file: string): boolean {
  return !file.includes('obj.target') && !file.includes('.deps');
}

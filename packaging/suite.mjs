// npm run test:prebuilt: the suite again, with the binaries as they are packed instead of the one that
// node-gyp has just built. `npm test` is for the sources, this is for the files in prebuilds/.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { tools } from './tools.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const QEMU = '/usr/bin/qemu-aarch64';
const SYSROOT = '/usr/aarch64-linux-gnu';
/** The engine's behaviour. qemu runs the one process that it is given: no test that starts another is for it. */
const STARTS_ANOTHER =
  / environments | loading | in a process of its own | a child process |worker\.terminate/;
const IN_ONE_PROCESS = ['race.test', '--testNamePattern', `^(?!.*(${STARTS_ANOTHER.source}))`];

if (!fs.existsSync(QEMU) || !fs.existsSync(`${SYSROOT}/lib/libstdc++.so.6`)) {
  throw new Error(
    'The emulator or the libraries for arm64 are missing. On Debian or Ubuntu: ' +
      'apt-get install qemu-user libstdc++6-arm64-cross libatomic1-arm64-cross',
  );
}

const node = (name) => path.join(tools(), name, 'bin/node');
const good = [
  runJest('linux-x64, Node 26', [node('node-26-x64')], []),
  runJest('linux-arm64, Node 22', [QEMU, '-L', SYSROOT, node('node-22-arm64')], IN_ONE_PROCESS),
];
process.exitCode = good.every(Boolean) ? 0 : 1;

function runJest(name, [command, ...before], options) {
  console.log(`${name}:`);
  const jest = path.join(ROOT, 'node_modules/jest/bin/jest.js');
  const { status } = spawnSync(command, [...before, jest, '--runInBand', ...options], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, PREBUILDS_ONLY: '1' },
    timeout: 900_000,
    killSignal: 'SIGKILL',
  });
  return status === 0;
}

// npm run test:windows: the whole suite inside Windows' own node.exe.
//
// On Windows that is the node.exe which runs this, with the system's own Winsock. On Linux it is a lane:
// the addon is cross-built with mingw-w64, and each node.exe runs under Wine, in a root of its own
// (lane/root.sh). It fails when the lane cannot be made; nothing is skipped.
//
//   npm run test:windows                         all of them
//   npm run test:windows -- node-24-x64 -t C13   one of them; what follows goes to jest

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LANE = path.join(ROOT, 'test/windows/lane');
const NODES = ['node-20-x64', 'node-22-x64', 'node-24-x64', 'node-26-x64', 'node-22-ia32'];
const ARCHS = { x64: 'x86_64', ia32: 'i686' };

const asked = process.argv.slice(2).filter((argument) => NODES.includes(argument));
const forJest = process.argv.slice(2).filter((argument) => !NODES.includes(argument));

process.exitCode = process.platform === 'win32' ? runHere() : runInLane();

function runHere() {
  return runJest(
    process.execPath,
    [path.join(ROOT, 'node_modules/jest/bin/jest.js')],
    ROOT,
    'here',
  );
}

function runInLane() {
  requireCompilers();
  for (const arch of Object.keys(ARCHS)) build(arch);
  const root = execFileSync(path.join(LANE, 'root.sh'), {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  console.log(`The lane's root: ${root.trim().split('\n').at(-1)}`);
  let failed = 0;
  for (const node of asked.length > 0 ? asked : NODES) {
    const stage = makeStage(node.split('-')[2]);
    const modules = ['--node-modules', path.join(ROOT, 'node_modules')];
    const jest = [...modules, node, stage, '--', 'Z:\\node_modules\\jest\\bin\\jest.js'];
    failed |= runJest(path.join(LANE, 'run.sh'), jest, stage, node);
    fs.rmSync(stage, { recursive: true });
  }
  return failed;
}

/** 0 when every test passed. The counts come from jest's own report, not from the exit code alone. */
function runJest(command, commandArguments, folder, name) {
  const options = ['--runInBand', '--json', '--outputFile=jest-report.json', ...forJest];
  const { status } = spawnSync(command, [...commandArguments, ...options], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const file = path.join(folder, 'jest-report.json');
  if (!fs.existsSync(file)) {
    console.error(`${name}: jest ended with ${status} and left no report`);
    return 1;
  }
  const report = JSON.parse(fs.readFileSync(file, 'utf8'));
  fs.rmSync(file);
  const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = report;
  console.log(
    `windows ${name}: ${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`,
  );
  const good = status === 0 && report.success && numPassedTests > 0;
  return good && numFailedTests === 0 && numRuntimeErrorTestSuites === 0 ? 0 : 1;
}

function requireCompilers() {
  for (const arch of Object.values(ARCHS)) {
    const compiler = `${arch}-w64-mingw32-g++-posix`;
    if (spawnSync(compiler, ['--version']).error) {
      throw new Error(
        `${compiler} is missing. On Debian or Ubuntu: ` +
          'apt-get install cmake g++-mingw-w64-x86-64-posix g++-mingw-w64-i686-posix',
      );
    }
  }
}

/** The addon and the stand-in, for one kind of processor. */
function build(arch) {
  const folder = path.join(ROOT, 'build-windows', arch);
  const toolchain = path.join(ROOT, 'cmake', `mingw-w64-${ARCHS[arch]}.cmake`);
  execFileSync(
    process.execPath,
    [
      path.join(ROOT, 'node_modules/cmake-js/bin/cmake-js'),
      'build',
      '--out',
      folder,
      '--config',
      'Release',
      `--CDCMAKE_TOOLCHAIN_FILE=${toolchain}`,
      '--CDCONNECT_BY_LIST_STAND_IN=ON',
    ],
    { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] },
  );
}

/** What is installed on a user's machine, and the tests beside it; no Linux binary among it. */
function makeStage(arch) {
  const stage = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-by-list-stage-'));
  for (const name of ['package.json', 'jest.config.js', 'dist', 'build-test', 'test/fixtures']) {
    fs.cpSync(path.join(ROOT, name), path.join(stage, name), { recursive: true });
  }
  const built = path.join(ROOT, 'build-windows', arch, 'Release');
  const prebuilds = path.join(stage, 'prebuilds', `win32-${arch}`);
  fs.mkdirSync(prebuilds, { recursive: true });
  fs.copyFileSync(
    path.join(built, 'connect_by_list.node'),
    path.join(prebuilds, 'connect-by-list.node'),
  );
  fs.copyFileSync(
    path.join(built, 'stand_in.node'),
    path.join(stage, 'build-test/windows/stand-in/stand_in.node'),
  );
  return stage;
}

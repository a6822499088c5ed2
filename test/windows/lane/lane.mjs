// The lane from JavaScript: builds the addon for Windows, lays out what is installed on a user's machine
// (the stage), and runs one of Windows' own node.exe in it.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { isCurrent, PREBUILDS } from '../../../packaging/manifest.mjs';
import { TARGETS } from '../../../packaging/targets.mjs';

export const NODES = ['node-20-x64', 'node-22-x64', 'node-24-x64', 'node-26-x64', 'node-22-ia32'];

/** Whether this machine's kernel runs the 32-bit half of Wine. Throws where that cannot be told. */
export function runs32Bit() {
  const script = `set -euo pipefail; . '${path.join(LANE, 'i386.sh')}'; runs_i386_programs`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim() === 'yes';
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const LANE = fileURLToPath(new URL('.', import.meta.url));
/** mingw-w64's name for what Node calls x64 and ia32. */
const PROCESSORS = { x64: 'x86_64', ia32: 'i686' };

/** Builds the addon and the stand-in, and the lane's root. Throws when one of them cannot be made. */
export function makeLane() {
  for (const [arch, processor] of Object.entries(PROCESSORS)) {
    requireCompiler(`${processor}-w64-mingw32-g++-posix`);
    build(arch, path.join(ROOT, 'cmake', `mingw-w64-${processor}.cmake`));
    console.log(`windows: ${arch} is tested with ${path.relative(ROOT, addonFor(arch))}`);
  }
  execFileSync(path.join(LANE, 'root.sh'), { stdio: ['ignore', 'ignore', 'inherit'] });
}

/**
 * A folder with the package as it is installed, its tests and benchmarks beside it, and no Linux binary.
 * The caller removes it.
 */
export function makeStage(node) {
  const arch = node.split('-')[2];
  const stage = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-by-list-stage-'));
  for (const name of [
    'package.json',
    'jest.config.js',
    'dist',
    'build-test',
    'bench/hung-calls.cjs',
    'examples',
    'test/fixtures',
  ]) {
    fs.cpSync(path.join(ROOT, name), path.join(stage, name), { recursive: true });
  }
  pack(path.join(stage, 'packed'));
  const { file } = prebuildFor(arch);
  const prebuild = path.join(stage, 'prebuilds', file);
  fs.mkdirSync(path.dirname(prebuild), { recursive: true });
  fs.copyFileSync(addonFor(arch), prebuild);
  const standIn = path.join(stage, 'build-test/windows/stand-in/stand_in.node');
  fs.copyFileSync(path.join(buildFolder(arch), 'stand_in.node'), standIn);
  return stage;
}

/** The binary that is packed, or, while the sources are being changed, the one just built from them. */
function addonFor(arch) {
  const target = prebuildFor(arch);
  return isCurrent(target)
    ? path.join(PREBUILDS, target.file)
    : path.join(buildFolder(arch), 'connect_by_list.node');
}

function prebuildFor(arch) {
  return TARGETS.find((target) => target.platform === 'win32' && target.arch === arch);
}

function buildFolder(arch) {
  return path.join(ROOT, 'build-windows', arch, 'Release');
}

/**
 * Runs node.exe with these arguments in the stage, and answers with its exit code.
 *
 * @param as the name under which it runs.
 * @param output where what it prints goes: a file's descriptor, or 'inherit'.
 * @param core the one processor core on which it runs; undefined for all of them.
 */
export async function runNode(
  node,
  stage,
  nodeArguments,
  { as = 'node.exe', output = 'inherit', core } = {},
) {
  const modules = path.join(ROOT, 'node_modules');
  const onCore = core === undefined ? [] : ['--core', core];
  const options = ['--as', as, '--node-modules', modules, ...onCore, node, stage, '--'];
  const run = spawn(path.join(LANE, 'run.sh'), [...options, ...nodeArguments], {
    stdio: ['ignore', output, output],
  });
  const [status] = await once(run, 'close');
  return status;
}

/** What npm packs, unpacked: there is neither npm nor tar inside. */
function pack(folder) {
  fs.mkdirSync(folder);
  const options = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  const name = execFileSync('npm', options, { cwd: ROOT, encoding: 'utf8' }).trim();
  execFileSync('tar', ['-xzf', name], { cwd: folder });
}

function requireCompiler(compiler) {
  if (!spawnSync(compiler, ['--version']).error) return;
  throw new Error(
    `${compiler} is missing. On Debian or Ubuntu: ` +
      'apt-get install cmake g++-mingw-w64-x86-64-posix g++-mingw-w64-i686-posix',
  );
}

function build(arch, toolchain) {
  const cmakeJs = path.join(ROOT, 'node_modules/cmake-js/bin/cmake-js');
  const options = [
    ...['--out', path.join(ROOT, 'build-windows', arch), '--config', 'Release'],
    `--CDCMAKE_TOOLCHAIN_FILE=${toolchain}`,
    '--CDCONNECT_BY_LIST_STAND_IN=ON',
  ];
  const { status, stdout } = spawnSync(process.execPath, [cmakeJs, 'build', ...options], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status === 0) return;
  process.stderr.write(stdout);
  throw new Error(`The addon could not be built for Windows on ${arch}`);
}

// In a checkout, before anything runs: compiles lib/, and builds the addon where it is missing or older than its sources.
// A machine without the tools for that is served with the binary in prebuilds/, if it was made from the very sources
// that are checked out. A build that fails is a failure wherever the tools are there.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { hashOfSources, isCurrent } from './manifest.mjs';
import { TARGETS } from './targets.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

const BUILT = path.join(ROOT, 'build/Release/connect_by_list.node');
/** A hash of the sources that the built binary was made from, and of what else it depends on. */
const STAMP = path.join(ROOT, 'build/sources');

const { status } = spawnSync(
  process.execPath,
  [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.json'],
  { cwd: ROOT, stdio: 'inherit' },
);
if (status !== 0) process.exit(status ?? 1);
const sources = `${process.platform}-${process.arch} ${hashOfSources(TARGETS[0])}`;
const isBuilt =
  fs.existsSync(BUILT) && fs.existsSync(STAMP) && fs.readFileSync(STAMP, 'utf8') === sources;
if (!isBuilt) build();

function build() {
  const missing = missingTools();
  if (missing.length === 0) {
    const code = nodeGyp('rebuild');
    if (code !== 0) process.exit(code);
    fs.writeFileSync(STAMP, sources);
    return;
  }

  const said = `connect-by-list: this machine has no ${missing.join(', no ')} to build the addon with`;
  const file = currentBinary();
  if (file === undefined) {
    console.error(`${said}, and prebuilds/ has no current binary for it.`);
    process.exit(1);
  }
  console.error(`${said}: it takes ${path.relative(ROOT, file)}, made from the same sources.`);
}

/** What node-gyp would look for in vain. */
function missingTools() {
  if (process.platform === 'win32') {
    return nodeGyp('configure') === 0 ? [] : ["Python, or none of Visual Studio's C++ tools"];
  }
  const compiler = process.env.CXX ?? (process.platform === 'darwin' ? 'c++' : 'g++');
  const tools = [process.env.PYTHON ?? 'python3', process.env.MAKE ?? 'make', compiler];
  return tools.filter(
    (tool) => spawnSync(tool, ['--version'], { shell: tool.includes(' ') }).error,
  );
}

/** The one that node-gyp-build would load; it throws where it finds none. */
function currentBinary() {
  let file;
  try {
    file = require('node-gyp-build').resolve(ROOT);
  } catch {
    return undefined;
  }
  const target = TARGETS.find((it) => path.join(ROOT, 'prebuilds', it.file) === file);
  return target && isCurrent(target) ? file : undefined;
}

function nodeGyp(command) {
  const program = require.resolve('node-gyp/bin/node-gyp.js');
  const { ownHeaders } = require('../dist/cli/build.js');
  const headers = ownHeaders();
  const words = [program, command, ...(headers ? [`--nodedir=${headers}`] : [])];
  return spawnSync(process.execPath, words, { cwd: ROOT, stdio: 'inherit' }).status ?? 1;
}

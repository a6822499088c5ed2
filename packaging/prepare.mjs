// npm ci in a checkout: builds the addon from its sources. A machine without the tools for that is served with
// the binary in prebuilds/, if it was made from the very sources that are checked out. A build that fails is a
// failure wherever the tools are there.

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { isCurrent } from './manifest.mjs';
import { TARGETS } from './targets.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

const missing = missingTools();
if (missing.length === 0) {
  process.exitCode = nodeGyp('rebuild');
} else {
  const said = `connect-by-list: this machine has no ${missing.join(', no ')} to build the addon with`;
  const file = currentBinary();
  if (file === undefined) {
    console.error(`${said}, and prebuilds/ has no current binary for it.`);
    process.exitCode = 1;
  } else {
    console.error(`${said}: it takes ${path.relative(ROOT, file)}, made from the same sources.`);
  }
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
  return (
    spawnSync(process.execPath, [program, command], { cwd: ROOT, stdio: 'inherit' }).status ?? 1
  );
}

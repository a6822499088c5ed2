// Runs a command to its end, with what it has printed.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const LIMIT_MS = 240_000;

/** Of a package in this folder's node_modules. */
export const at = (file) => fileURLToPath(new URL(`node_modules/${file}`, import.meta.url));

/** @returns what it printed, in the order of stdout and stderr, and its exit code or the signal that ended it. */
export function run(command, given, { cwd, env = {} }) {
  const { status, signal, stdout, stderr, error } = spawnSync(command, given, {
    cwd,
    env: { ...environment(), ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  if (error) throw error;
  return { output: `${stdout}${stderr}`, code: status ?? signal };
}

/** Runs it, and throws unless it ends well. */
export function runWell(command, given, options) {
  const { output, code } = run(command, given, options);
  assert.equal(code, 0, `${command} ${given.join(' ')} ended with ${code}:\n${output}`);
  return output;
}

/** Without what npm says to the scripts that it runs, which is about this project. */
function environment() {
  const ours = Object.entries(process.env).filter(
    ([name]) => !/^npm_(?!config_nodedir$)/i.test(name),
  );
  return { ...Object.fromEntries(ours), CI: '1', NO_COLOR: '1', FORCE_COLOR: '0' };
}

// npm run test:register: connect-by-list/register beside the clients that people use and the libraries that patch Node's
// net, on each Node. Imported before them, and after them.
//
//   npm run test:register            all of it
//   npm run test:register -- --short the oldest and the newest Node
//   npm run test:register -- jest    one part: clients, permission, jest, vitest, or one of patchers.mjs

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { tools } from '../../packaging/tools.mjs';
import { PATCHERS } from './patchers.mjs';
import { checkPermission } from './permission.mjs';

const at = (name) => fileURLToPath(new URL(name, import.meta.url));
const CHILD = at('child.mjs');
/** Test runners, each with tests of its own in runners/. */
const RUNNERS = {
  jest: {
    needs: 20,
    command: [at('../../node_modules/jest/bin/jest.js'), '--config', at('runners/jest.config.cjs')],
  },
  vitest: {
    needs: 22,
    command: [at('node_modules/vitest/vitest.mjs'), 'run', '--root', at('runners')],
  },
};
const LIMIT_MS = 120_000;
const isShort = process.argv.includes('--short');
const NODES = [
  process.execPath,
  ...(isShort ? ['26'] : ['22', '24', '26']).map((major) =>
    path.join(tools(), `node-${major}-x64/bin/node`),
  ),
];

const parts = ['clients', 'permission', ...Object.keys(RUNNERS), ...Object.keys(PATCHERS)];
const asked = process.argv.slice(2).filter((word) => word !== '--short');
for (const part of asked) {
  if (!parts.includes(part)) throw new Error(`There is no part "${part}": ${parts.join(', ')}.`);
}

const counts = { passed: 0, failed: 0 };
for (const node of NODES) {
  const version = (await run(node, ['--version'])).output.trim();
  for (const part of asked.length > 0 ? asked : parts) {
    const { needs = 0 } = PATCHERS[part] ?? RUNNERS[part] ?? {};
    if (Number.parseInt(version.slice(1)) < needs) continue;
    if (part === 'permission') {
      report(`${version}, ${part}`, await checkPermission((...given) => run(node, given)));
    } else if (part in RUNNERS) {
      report(`${version}, ${part}`, await runTests(node, RUNNERS[part].command));
    } else {
      for (const order of ['first', 'last']) {
        report(`${version}, ${part}, register ${order}`, await runChild(node, part, order));
      }
    }
  }
}
console.log(`register: ${counts.passed} passed, ${counts.failed} failed`);
if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1;

async function runChild(node, part, order) {
  const { output, code } = await run(node, ['--no-warnings', CHILD, part, order]);
  const lines = output.split('\n');
  const checks = lines.filter((line) => line.startsWith('{"name"')).map((line) => JSON.parse(line));
  const failure = code === 0 ? undefined : `it ended with ${code}:\n${output}`;
  return [...checks, { name: 'it ends by itself', failure }];
}

/** The tests of a runner of its own, as far as its closing line counts them. */
async function runTests(node, command) {
  const { output, code } = await run(node, command);
  const [, count = '0'] = /Tests:? +(\d+) passed/.exec(output) ?? [];
  const failure = code === 0 && count !== '0' ? undefined : `it ended with ${code}:\n${output}`;
  const passed = Array.from({ length: Number(count) }, (_, i) => ({ name: `test ${i + 1}` }));
  return [...passed, { name: 'it ends well', failure }];
}

function report(title, checks) {
  const failed = checks.filter(({ failure }) => failure !== undefined);
  counts.passed += checks.length - failed.length;
  counts.failed += failed.length;
  console.log(`${title}: ${checks.length - failed.length} of ${checks.length}`);
  for (const { name, failure } of failed) console.log(`  ${name}: ${failure}`);
}

/** Runs a program to its end, or until it has taken too long. */
async function run(command, given) {
  const child = spawn(command, given, {
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  const [out, errors, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { output: out + errors, code: code ?? signal };
}

// npm run test:stress: the whole of jest's tests, again and again, on a machine that is busy with something else and
// whose ports somebody else takes. What a quiet machine hides shows here: limits that are too close, and ports that
// were free a moment ago.
//
//   npm run test:stress             20 rounds
//   npm run test:stress -- 2        fewer
//   npm run test:stress -- 2 race   jest's own arguments follow
//
// It ends at the first round that fails, and shows what jest has printed.

import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const JEST = path.join(ROOT, 'node_modules/jest/bin/jest.js');
/** Longer than any round takes. */
const LIMIT_MS = 30 * 60_000;

const [asked = '20', ...jestArguments] = process.argv.slice(2);
if (!/^[1-9]\d*$/.test(asked)) throw new Error(`"${asked}" is no number of rounds.`);
const rounds = Number(asked);

// Where something else keeps every core busy already, as in the gate, ours take what that leaves.
const isBusy = os.loadavg()[0] >= os.cpus().length;
const burners = os.cpus().map(() => start('burn.mjs'));
if (isBusy) for (const { pid } of burners) os.setPriority(pid, os.constants.priority.PRIORITY_LOW);
const helpers = [start('churn.mjs'), ...burners];
const totals = { passed: 0, failed: 0, skipped: 0 };
try {
  for (let round = 1; round <= rounds && totals.failed === 0; round++) await run(round);
} finally {
  for (const helper of helpers) helper.kill('SIGKILL');
}
const { passed, failed, skipped } = totals;
console.log(`stress: ${passed} passed, ${failed} failed, ${skipped} skipped`);
if (failed > 0 || passed === 0) process.exitCode = 1;

/** Ends with this process, whatever ends it: the channel closes. */
function start(name) {
  const helper = fork(fileURLToPath(new URL(name, import.meta.url)));
  helper.once('exit', (code, signal) => {
    if (signal !== 'SIGKILL') throw new Error(`${name} has ended with ${code ?? signal}`);
  });
  return helper;
}

async function run(round) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-by-list-stress-'));
  const report = path.join(folder, 'report.json');
  const printed = path.join(folder, 'printed.txt');
  const output = fs.openSync(printed, 'w');
  const started = performance.now();
  const jest = spawn(
    process.execPath,
    [JEST, '--json', `--outputFile=${report}`, ...jestArguments],
    {
      cwd: ROOT,
      stdio: ['ignore', output, output],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    },
  );
  const [status] = await once(jest, 'close');
  fs.closeSync(output);
  const seconds = Math.round((performance.now() - started) / 1_000);
  const {
    numPassedTests = 0,
    numFailedTests = 0,
    numPendingTests = 0,
    success = false,
  } = fs.existsSync(report) ? JSON.parse(fs.readFileSync(report, 'utf8')) : {};
  totals.passed += numPassedTests;
  totals.skipped += numPendingTests;
  // A run that left no report, or that tested nothing, is no good run.
  const isGood = status === 0 && success && numPassedTests > 0;
  totals.failed += isGood ? 0 : Math.max(1, numFailedTests);
  const load = os.loadavg()[0].toFixed(1);
  console.log(
    `round ${round} of ${rounds}: ${numPassedTests} passed, ${numFailedTests} failed, ` +
      `${seconds} s, load ${load}`,
  );
  if (!isGood) console.error(fs.readFileSync(printed, 'utf8'));
  fs.rmSync(folder, { recursive: true });
}

// npm run test:faults: every case of matrix.mjs in every scenario of scenarios.mjs, on Linux. Each has to
// end in a connection, or in a ConnectError that names every endpoint and has the fault among its errors;
// no hang, no crash, no descriptor left.
//
//   npm run test:faults              all of it
//   npm run test:faults -- 10        one case in ten
//   npm run test:faults -- 1 NAME    one scenario

import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { blackhole } from '../../build-test/support/blackhole.js';
import { refusingPort } from '../../build-test/support/ports.js';
import { serveEcho } from '../../build-test/support/servers.js';
import { makeControlFile } from './control.mjs';
import { nameOf } from './matrix.mjs';
import { checkPermission } from './permission.mjs';
import { SCENARIOS } from './scenarios.mjs';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const BUILD = path.join(FOLDER, '../../build-faults');
const SHIM = path.join(BUILD, 'faults.so');
/** Longer than a case may take in the child, which then says so itself. */
const SILENT_MS = 150_000;

if (process.platform !== 'linux') throw new Error('The faults need Linux with glibc.');
const [every = '1', only] = process.argv.slice(2);
if (!/^[1-9]\d*$/.test(every)) throw new Error(`"${every}" is not how many cases one is taken of.`);
const names = Object.keys(SCENARIOS).filter((name) => only === undefined || name === only);
if (names.length === 0) throw new Error(`There is no scenario "${only}".`);

buildShim();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-by-list-faults-'));
const controlFile = path.join(folder, 'control');
const [healthy, other, hole] = await Promise.all([serveEcho(), serveEcho(), blackhole()]);
const at = (port) => `127.0.0.1:${port}`;
const endpoints = {
  healthy: at(healthy.port),
  other: at(other.port),
  dead: at(hole.port),
  refused: at(await refusingPort()),
};

const totals = { passed: 0, failed: 0, unreached: 0 };
for (const way of ['connectByList', 'connect']) {
  for (const name of names) await runScenario(name, way);
}
totals.passed += checkPermission(SHIM, controlFile);
await Promise.all([healthy.close(), other.close(), hole.close()]);
fs.rmSync(folder, { recursive: true });
console.log(
  `faults: ${totals.passed} passed, ${totals.failed} failed, ${totals.unreached} skipped`,
);
if (totals.failed > 0 || totals.passed === 0) process.exitCode = 1;

function buildShim() {
  fs.mkdirSync(BUILD, { recursive: true });
  const flags = ['-std=c++17', '-O1', '-fPIC', '-shared', '-fvisibility=hidden'];
  const warnings = ['-Wall', '-Wextra', '-Werror'];
  const files = ['-o', SHIM, path.join(FOLDER, 'faults.cc'), '-ldl'];
  execFileSync(process.env.CXX ?? 'g++', [...flags, ...warnings, ...files], { stdio: 'inherit' });
}

async function runScenario(name, way) {
  const started = performance.now();
  const results = { passed: 0, failed: 0, unreached: 0 };
  let calls;
  // After a crash or a hang the next child goes on behind that case.
  for (let first = 0, left = 1; left > 0;) {
    const run = await runChild(name, way, first);
    calls ??= run.calls;
    for (const key of Object.keys(results)) results[key] += run[key];
    left = run.count - run.next;
    first = run.next;
  }
  for (const key of Object.keys(results)) totals[key] += results[key];
  const made = Object.entries(calls ?? {}).filter(([, count]) => count > 0);
  const counts = made.map(([call, count]) => `${call} ${count}`).join(', ');
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `faults of ${way}() in "${name}" (${counts}): ${results.passed} as they should be, ${results.failed} not, ` +
      `${results.unreached} at calls that were not made again; ${seconds} s`,
  );
}

async function runChild(name, way, first) {
  makeControlFile(controlFile);
  const argument = JSON.stringify({ scenario: name, way, endpoints, first, every: Number(every) });
  const child = fork(path.join(FOLDER, 'child.mjs'), [argument], {
    env: { ...process.env, LD_PRELOAD: SHIM, CONNECT_BY_LIST_FAULTS: controlFile },
  });
  const run = { passed: 0, failed: 0, unreached: 0, count: 0, next: first, calls: undefined };
  let current;
  const report = (problem) => {
    run.failed++;
    console.error(
      `faults of ${way}() in "${name}": ${current ? nameOf(current) : 'start'}: ${problem}`,
    );
  };
  const watchdog = setTimeout(() => child.kill('SIGKILL'), SILENT_MS);
  child.on('message', (message) => {
    watchdog.refresh();
    if (message.count !== undefined) Object.assign(run, message);
    if (message.begin !== undefined) current = message.fault;
    if (message.end === undefined) return;
    if (message.problem) report(message.problem);
    else if (message.hits) run.passed++;
    else run.unreached++;
    run.next = message.end + 1;
    current = undefined;
  });
  const [code, signal] = await once(child, 'exit');
  clearTimeout(watchdog);
  if (code === 0 && run.next === run.count) return run;
  report(`the process ended with ${signal ?? code}`);
  run.next++;
  return run;
}

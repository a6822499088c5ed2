// npm run test:windows: the whole suite inside Windows' own node.exe.
//
// On Windows that is the node.exe which runs this, with the system's own Winsock. On Linux it is the lane
// (lane/lane.mjs): each node.exe runs under Wine. It fails when the lane cannot be made. No node.exe is skipped,
// but for the 32-bit one on a kernel that runs no 32-bit programs: a line says so, and counts its tests.
//
//   npm run test:windows                         all of them
//   npm run test:windows -- node-24-x64 -t C13   one of them; what follows goes to jest

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { makeLane, makeStage, NODES, runNode, runs32Bit } from './lane/lane.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const REPORT = 'jest-report.json';
const ON_ALL_CORES = 'node-24-x64';

const asked = process.argv.slice(2).filter((argument) => NODES.includes(argument));
const forJest = process.argv.slice(2).filter((argument) => !NODES.includes(argument));
const jestOptions = ['--runInBand', '--json', `--outputFile=${REPORT}`, ...forJest];

/** How many tests each run has. */
const counted = [];
const results = process.platform === 'win32' ? [runHere()] : await runInLane();
const failed = results.filter((good) => !good).length;
console.log(`windows: ${results.length - failed} of ${results.length} runs good`);
process.exitCode = failed > 0 ? 1 : 0;

function runHere() {
  const jest = path.join(ROOT, 'node_modules/jest/bin/jest.js');
  const { status } = spawnSync(process.execPath, [jest, ...jestOptions], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  return judge(`Node ${process.version}`, status, ROOT);
}

async function runInLane() {
  makeLane();
  const runs = (asked.length > 0 ? asked : NODES).flatMap(inShards);
  if (asked.length === 0) {
    // An Electron app's executable has a name of its own, and the addon's imports say "node.exe".
    const options = [...jestOptions, 'contract'];
    for (const node of ['node-24-x64', 'node-22-ia32']) {
      runs.push({ node, options, as: 'electron.exe' });
    }
  }
  const can32Bit = runs32Bit();
  const left = runs.filter(({ node }) => !can32Bit && node.endsWith('ia32'));
  for (const run of left) runs.splice(runs.indexOf(run), 1);
  if (asked.some((node) => left.some((run) => run.node === node))) {
    throw new Error(`This kernel runs no 32-bit programs, and ${asked.join(', ')} was asked for`);
  }
  // Four at a time: a run mostly waits.
  const good = [];
  const lane = async (_, index) => {
    const core = index % os.availableParallelism();
    for (let run = runs.shift(); run; run = runs.shift()) good.push(await runJest(run, core));
  };
  await Promise.all(Array.from({ length: 4 }, lane));
  // Those of one word size in halves are one run here.
  for (const { node, as } of left.filter(({ shard }) => shard !== '2/2')) {
    const same = as ? 'node-24-x64' : 'node-22-x64';
    const count = counted
      .filter((run) => run.as === as && run.node === same)
      .reduce((sum, run) => sum + run.count, 0);
    console.log(
      `windows ${nameOf({ node, as })}: not run: this kernel runs no 32-bit programs (${count} skipped)`,
    );
  }
  return good;
}

/** Shows what a run has printed when it is over, so that two do not mix. */
async function runJest({ node, options, as, shard }, core) {
  const stage = makeStage(node);
  const printed = path.join(stage, 'printed.txt');
  const output = fs.openSync(printed, 'w');
  const jest = 'Z:\\node_modules\\jest\\bin\\jest.js';
  const status = await runNode(node, stage, [jest, ...options], {
    as,
    output,
    // One Node has all cores, so that its threads meet at the same time too.
    core: node === ON_ALL_CORES ? undefined : core,
  });
  fs.closeSync(output);
  process.stdout.write(fs.readFileSync(printed));
  const name = nameOf({ node, as, shard });
  const good = judge(name, status, stage, (count) => counted.push({ node, as, count }));
  fs.rmSync(stage, { recursive: true });
  return good;
}

/** The whole suite as two runs, which take half as long side by side; what was asked for as one. */
function inShards(node) {
  if (forJest.length > 0) return [{ node, options: jestOptions }];
  return ['1/2', '2/2'].map((shard) => {
    return { node, shard, options: [...jestOptions, `--shard=${shard}`] };
  });
}

function nameOf({ node, as, shard }) {
  return [node, as && `as ${as}`, shard && `(${shard})`].filter(Boolean).join(' ');
}

/** By jest's own report and not by the exit code alone: a run that tested nothing is no good run. */
function judge(name, status, folder, count = () => undefined) {
  const file = path.join(folder, REPORT);
  if (!fs.existsSync(file)) {
    console.error(`windows ${name}: jest ended with ${status} and left no report`);
    return false;
  }
  const report = JSON.parse(fs.readFileSync(file, 'utf8'));
  fs.rmSync(file);
  const { numPassedTests, numFailedTests, numPendingTests } = report;
  const counts = `${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`;
  console.log(`windows ${name}: ${counts}`);
  count(report.numTotalTests);
  return status === 0 && report.success && numPassedTests > 0;
}

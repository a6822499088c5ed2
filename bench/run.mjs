// npm run bench: measures us and what a user would pick instead, side by side, in network namespaces of its
// own, and writes bench/RESULTS.md and bench/plots/*.svg.
//
//   npm run bench                 all of it
//   npm run bench -- S2 S9        these scenarios; the others keep the figures of their last run
//   npm run bench -- --quick      fewer runs: to see whether it works, not to publish
//   npm run bench -- herd          the simulation of bench/thundering-herd.md
//   npm run bench -- --report     only the report, from the figures that there are

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { simulateHerd } from './herd/herd.mjs';
import { makeNetwork } from './network/network.mjs';
import { writeReport } from './report/report.mjs';
import { requireAll } from './requirements.mjs';
import { scenarios } from './scenarios/scenarios.mjs';
import { buildSubjects, makeSubjects } from './subjects/subjects.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BUILD = path.join(ROOT, 'build-bench');
const FIGURES = path.join(BUILD, 'figures');
/** Set in the process that has a network namespace of its own. */
const INSIDE = 'CONNECT_BY_LIST_BENCH_INSIDE';

const { values: options, positionals: wanted } = parseArgs({
  options: { quick: { type: 'boolean' }, report: { type: 'boolean' } },
  allowPositionals: true,
});
const unknown = wanted.filter(
  (id) => id !== 'herd' && !scenarios.some((scenario) => scenario.id === id),
);
if (unknown.length > 0) {
  throw new Error(
    `No scenario ${unknown.join(', ')}; there are ${scenarios.map(({ id }) => id).join(', ')}`,
  );
}

if (wanted.includes('herd')) {
  await simulateHerd(BUILD);
} else if (options.report) {
  writeReport(scenarios, FIGURES);
} else if (process.env[INSIDE]) {
  await measureInside();
} else {
  requireAll();
  await measureSome(
    scenarios.filter(({ isOutside }) => isOutside),
    {},
  );
  // The mounts are for Go's /etc/hosts. Whatever is in the namespaces ends with this process.
  const again = [
    '--net',
    '--mount',
    '--propagation',
    'private',
    process.execPath,
    ...process.argv.slice(1),
  ];
  const { status } = spawnSync('unshare', again, {
    stdio: 'inherit',
    env: { ...process.env, [INSIDE]: '1' },
  });
  process.exitCode ||= status ?? 1;
}

/** What needs the benchmark's network, from inside of it. */
async function measureInside() {
  await buildSubjects(BUILD);
  const closeNetwork = await makeNetwork(BUILD);
  await measureSome(
    scenarios.filter(({ isOutside }) => !isOutside),
    await makeSubjects(BUILD),
  );
  closeNetwork();
  writeReport(scenarios, FIGURES);
}

/** A scenario that cannot be measured is told about, and the others go on; the report has none of it. */
async function measureSome(some, subjects) {
  fs.mkdirSync(FIGURES, { recursive: true });
  const versions = requireAll();
  const labels = Object.fromEntries(Object.entries(subjects).map(([id, { label }]) => [id, label]));
  for (const scenario of some) {
    if (wanted.length > 0 && !wanted.includes(scenario.id)) continue;
    console.log(`${scenario.id} ${scenario.title}`);
    const file = path.join(FIGURES, `${scenario.id}.json`);
    fs.rmSync(file, { force: true });
    try {
      const run = { ...(await measureOne(scenario, subjects)), versions, labels };
      fs.writeFileSync(file, JSON.stringify(run, null, 1));
    } catch (error) {
      console.error(error);
      process.exitCode = 1;
    }
  }
}

async function measureOne(scenario, subjects) {
  const start = Date.now();
  const [load] = os.loadavg();
  const quick = options.quick === true;
  const rounds = quick ? 2 : (scenario.rounds ?? 5);
  const figures = await scenario.measure({ subjects, rounds, root: ROOT });
  for (const { what, measured, isReached } of scenario.targets(figures)) {
    console.log(`  ${isReached ? 'reached    ' : 'NOT reached'} ${what}: ${measured}`);
  }
  const seconds = Math.round((Date.now() - start) / 1000);
  console.log(`  ${seconds} s`);
  return { date: new Date().toISOString().slice(0, 10), seconds, load, rounds, quick, figures };
}

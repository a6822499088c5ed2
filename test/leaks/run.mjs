// npm run test:leaks: connects of every kind, and after each tenth of them what this process has open, and
// how much memory it takes. Descriptors and handles have to be what they were before; memory has to stay
// where it is: the last tenths are compared with those after the start.
//
//   npm run test:leaks             100,000 connects
//   npm run test:leaks -- 5000     fewer
//   LEAKS_MEMORY=no                leaves memory out, where a sanitizer keeps what is freed

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { socketDescriptors } from '../../build-test/support/descriptors.js';
import { connectMixed, mixedKinds, sumOf } from '../../build-test/support/mixed-connects.js';

const TENTHS = 10;
const AT_ONCE = 50;
/** Memory that JavaScript's heap, and malloc, take to settle in. */
const WARM_UP = 10_000;
/** A leak of 100 bytes for each connect would be seen in the long form; noise is below this. */
const MOST_GROWTH = 1.08;
/** So many addresses of loopback are connected to, because a port of ours rests for a minute after each. */
const ADDRESSES = 16;

if (typeof globalThis.gc !== 'function') throw new Error('Run it with node --expose-gc.');
if (process.platform !== 'linux') throw new Error('It counts descriptors as Linux lists them.');
const count = Number(process.argv[2] ?? 100_000);
if (!Number.isInteger(count) || count < TENTHS) throw new Error(`"${count}" is no count.`);
const seesMemory = process.env.LEAKS_MEMORY !== 'no';

// Without the runtime of a sanitizer, which would look into that process as well.
const server = fork(fileURLToPath(new URL('server.mjs', import.meta.url)), {
  env: { ...process.env, LD_PRELOAD: '' },
});
const [ports] = await once(server, 'message');
let address = 0;
const kindsNow = () => {
  const healthy = `127.0.0.${1 + (address++ % ADDRESSES)}:${ports.healthy}`;
  const refused = `127.0.0.1:${ports.refused}`;
  return mixedKinds({ dead: `127.0.0.1:${ports.dead}`, refused, healthy }, {}, true);
};
const kinds = Object.fromEntries(
  Object.keys(kindsNow()).map((name) => [name, () => kindsNow()[name]()]),
);

await connectMixed(seesMemory ? WARM_UP : WARM_UP / 100, AT_ONCE, kinds);
// What Node opens for the first line is there before anything is counted.
console.log(`leaks: ${count} connects`);
await settle();
const before = look();
const totals = new Map();
const looks = [];
for (let i = 0; i < TENTHS; i++) {
  const counts = await connectMixed(count / TENTHS, AT_ONCE, kinds);
  for (const [name, { fulfilled, rejected }] of counts) {
    const total = totals.get(name) ?? { fulfilled: 0, rejected: 0 };
    totals.set(name, {
      fulfilled: total.fulfilled + fulfilled,
      rejected: total.rejected + rejected,
    });
  }
  await settle();
  looks.push(look());
  const { sockets, handles, rss, heap } = looks.at(-1);
  console.log(
    `leaks: ${Math.round(((i + 1) * count) / TENTHS)} connects: ${sockets} sockets, ${handles} handles, ` +
      `${(rss / 2 ** 20).toFixed(1)} MiB, ${(heap / 2 ** 20).toFixed(2)} MiB of it JavaScript's heap`,
  );
}
for (const [name, { fulfilled, rejected }] of totals) {
  console.log(`leaks: ${name}: ${fulfilled} connected, ${rejected} did not`);
}

const problems = [];
const { fulfilled, rejected } = sumOf(totals);
if (Math.min(fulfilled, rejected) < count / 5) problems.push('there was no mixture of ends');
for (const what of ['sockets', 'handles']) {
  const most = Math.max(...looks.map((seen) => seen[what]));
  if (most > before[what]) problems.push(`${most} ${what}, and ${before[what]} at the start`);
}
if (seesMemory) {
  for (const what of ['rss', 'heap']) {
    const growth = median(looks.slice(-3), what) / median(looks.slice(1, 4), what);
    console.log(`leaks: ${what} grew by the factor ${growth.toFixed(3)}`);
    if (growth > MOST_GROWTH) problems.push(`${what} grew by the factor ${growth.toFixed(3)}`);
  }
}
for (const problem of problems) console.error(`leaks: ${problem}`);
console.log(`leaks: ${problems.length > 0 ? 0 : 1} passed, ${problems.length} failed, 0 skipped`);
process.exitCode = problems.length > 0 ? 1 : 0;
server.disconnect();
// A handle of ours that nobody closed keeps the process: it has to end by itself.
setTimeout(() => {
  console.error('leaks: the process does not end');
  process.exit(1);
}, 60_000).unref();

/** What is closed is gone, and what is garbage is collected. */
async function settle() {
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    globalThis.gc();
  }
}

function look() {
  const { rss, heapUsed } = process.memoryUsage();
  const handles = process._getActiveHandles().length;
  return { sockets: socketDescriptors().size, handles, rss, heap: heapUsed };
}

function median(seen, what) {
  const sorted = seen.map((one) => one[what]).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

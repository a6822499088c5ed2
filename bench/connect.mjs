// Side by side, in one process and one run: connectByList() with one healthy endpoint, and plain
// net.connect() to the same. Rounds alternate, so that noise of the machine hits both alike; the figures
// are medians over the rounds, and the ratio is taken round by round.
//
//   npm run bench            (a number as argument: how many rounds, default 15)

import { fork } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import os from 'node:os';

import { connectByList } from 'connect-by-list';

const ROUNDS = Number(process.argv[2] ?? 15);
const ONE_BY_ONE = 400;
const AT_ONCE = 64;
const MANY = 2_000;

const server = fork(new URL('./sink-server.mjs', import.meta.url));
const [port] = await once(server, 'message');

const subjects = {
  'net.connect': () =>
    new Promise((resolve, reject) => {
      const socket = net.connect({ host: '127.0.0.1', port }, () => resolve(socket));
      socket.once('error', reject);
    }),
  connectByList: async () => (await connectByList([{ host: '127.0.0.1', port }])).socket,
};

/** Ends a connection with a reset: no port stays behind in TIME_WAIT to slow the next round. */
async function end(socket) {
  socket.resetAndDestroy();
  await once(socket, 'close');
}

/** Microseconds from the call to the connected socket, one connect after another. */
async function oneByOne(connect) {
  const times = [];
  for (let i = 0; i < ONE_BY_ONE; i++) {
    const start = process.hrtime.bigint();
    const socket = await connect();
    times.push(Number(process.hrtime.bigint() - start) / 1e3);
    await end(socket);
  }
  return median(times);
}

/** Microseconds of CPU (user and system) for each connect and its close, 64 at a time. */
async function cpuAtOnce(connect) {
  let left = MANY;
  const before = process.cpuUsage();
  const lane = async () => {
    while (left-- > 0) await end(await connect());
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / MANY;
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

async function compare(title, measure) {
  const figures = { 'net.connect': [], connectByList: [] };
  for (const connect of Object.values(subjects)) await measure(connect); // Warm.
  for (let round = 0; round < ROUNDS; round++) {
    const order = Object.entries(subjects);
    if (round % 2) order.reverse();
    for (const [name, connect] of order) figures[name].push(await measure(connect));
  }
  const ratios = figures.connectByList.map((figure, i) => figure / figures['net.connect'][i]);
  console.log(title);
  for (const [name, values] of Object.entries(figures)) {
    const [low, high] = [Math.min(...values), Math.max(...values)].map((x) => x.toFixed(1));
    console.log(`  ${name.padEnd(14)} ${median(values).toFixed(1)} µs (${low} to ${high})`);
  }
  const [low, high] = [Math.min(...ratios), Math.max(...ratios)].map((x) => x.toFixed(2));
  console.log(`  ratio          ${median(ratios).toFixed(2)} (${low} to ${high})`);
}

const cpu = os.cpus();
console.log(`Node ${process.version}, ${cpu.length} × ${cpu[0]?.model}, ${ROUNDS} rounds`);
await compare(`Time to connect, warm, one by one (${ONE_BY_ONE} a round)`, oneByOne);
await compare(`CPU per connect and close, ${AT_ONCE} at a time (${MANY} a round)`, cpuAtOnce);
server.disconnect();

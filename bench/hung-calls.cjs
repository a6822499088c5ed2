// Do calls of WSAConnectByList that hang keep fs and dns waiting? Medians of both, idle and with 64 calls
// hung, in turn. It runs in the Windows lane, with the tests' stand-in for the function.
//
//   npm run bench:windows

'use strict';

const dns = require('node:dns/promises');
const fs = require('node:fs/promises');

const standIn = require('../build-test/windows/stand-in/index');
const { connectByList } = require('../dist');

const HUNG = 64;
const ROUNDS = 5;
const EACH = 200;

standIn.install();

async function medianOf(work) {
  const times = [];
  for (let i = 0; i < EACH; i++) {
    const start = process.hrtime.bigint();
    await work();
    times.push(Number(process.hrtime.bigint() - start) / 1e3);
  }
  return times.sort((a, b) => a - b)[EACH / 2];
}

async function measure() {
  return {
    'fs.stat': await medianOf(() => fs.stat(__filename)),
    'dns.lookup': await medianOf(() => dns.lookup('localhost')),
  };
}

async function withHungCalls(work) {
  const controller = new AbortController();
  standIn.reset();
  standIn.program({ block: Infinity });
  const options = { engine: 'winsock', signal: controller.signal };
  const calls = Array.from({ length: HUNG }, () =>
    connectByList(['127.0.0.1:1'], options).catch(() => {}),
  );
  while (standIn.calls().filter(({ result }) => result === 'running').length < HUNG) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const result = await work();
  controller.abort();
  await Promise.all(calls);
  while (standIn.liveSockets() > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  return result;
}

async function main() {
  await measure();
  const rounds = [];
  for (let i = 0; i < ROUNDS; i++) {
    rounds.push({ idle: await measure(), hung: await withHungCalls(measure) });
  }
  console.log(
    `Node ${process.version} on ${process.platform}, ${HUNG} hung calls, ${ROUNDS} rounds`,
  );
  for (const name of ['fs.stat', 'dns.lookup']) {
    const middle = (figureOf) => {
      const sorted = rounds.map(figureOf).sort((a, b) => a - b);
      return sorted[Math.floor(ROUNDS / 2)].toFixed(2);
    };
    const idle = middle((round) => round.idle[name]);
    const hung = middle((round) => round.hung[name]);
    const ratio = middle((round) => round.hung[name] / round.idle[name]);
    console.log(`  ${name.padEnd(10)} idle ${idle} µs, hung ${hung} µs, ratio ${ratio}`);
  }
  // For the benchmark's report.
  console.log(JSON.stringify({ node: process.version, rounds }));
  process.exit(0);
}

void main();

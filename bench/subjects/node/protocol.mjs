// The protocol of README.md beside this folder, for subjects in JavaScript.

import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import readline from 'node:readline';

/** Reads the plan; the rest of the input is left to `go`. */
export async function readPlan() {
  const lines = readline.createInterface({ input: process.stdin });
  const input = lines[Symbol.asyncIterator]();
  const [calls, atOnce, timeout] = (await input.next()).value.split(' ').map(Number);
  const endpoints = [];
  for (;;) {
    const { value } = await input.next();
    if (value === '.') break;
    const [host, port] = value.split(' ');
    endpoints.push({ host, port: Number(port) });
  }
  const go = async () => {
    process.stdout.write('ready\n');
    await input.next();
    // Nothing of ours reads while the calls are made.
    lines.close();
    process.stdin.destroy();
  };
  return { calls, atOnce, timeout, endpoints, go };
}

/** Ends a connection with a reset, if it has not ended yet. */
async function end(socket) {
  if (socket.closed) return;
  socket.resetAndDestroy();
  await once(socket, 'close');
}

/** Makes the calls of a plan with `connect(endpoints, timeout)`, which resolves to a connected socket. */
export async function serve(connect) {
  const { calls, atOnce, timeout, endpoints, go } = await readPlan();
  await go();
  // With its timer of 1 ms; where thousands of calls are timed, what that costs is the same for all.
  const loop = calls === 1 || atOnce > 64 ? monitorEventLoopDelay({ resolution: 1 }) : undefined;
  loop?.enable();
  if (loop) await new Promise((resolve) => setTimeout(resolve, 20));
  loop?.reset();
  const rss = process.memoryUsage.rss();
  const cpu = process.cpuUsage();
  const rows = [];
  let left = calls;
  const lane = async () => {
    while (left-- > 0) rows.push(await time(connect, endpoints, timeout));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, calls) }, lane));
  const { user, system } = process.cpuUsage(cpu);
  // A hold that lasts until now is seen only when its timer comes at last.
  if (loop) await new Promise((resolve) => setTimeout(resolve, 20));
  const totals = {
    cpuMs: (user + system) / 1e3,
    rssBytes: Math.max(0, process.resourceUsage().maxRSS * 1024 - rss),
    ...(loop && { loopP99Ms: loop.percentile(99) / 1e6, loopMaxMs: loop.max / 1e6 }),
  };
  // What the calls said is looked at when nothing is measured any more: to count errors can make them.
  const lines = rows.map(({ error, ...row }) => {
    return JSON.stringify({ ...row, errors: error ? (error.errors?.length ?? 1) : 0 });
  });
  process.stdout.write([...lines, JSON.stringify(totals), ''].join('\n'), () => process.exit(0));
}

async function time(connect, endpoints, timeout) {
  const start = performance.now();
  try {
    const socket = await connect(endpoints, timeout);
    const ms = performance.now() - start;
    const address = socket.remoteAddress;
    await end(socket);
    return { ms, outcome: 'connected', address };
  } catch (error) {
    const ms = performance.now() - start;
    return { ms, outcome: error.code ?? error.name, error };
  }
}

/** A lookup that answers with the list, for what takes a name and not a list. */
export function lookupOf(endpoints) {
  const answer = endpoints.map(({ host }) => ({
    address: host,
    family: host.includes(':') ? 6 : 4,
  }));
  return (name, options, done) => process.nextTick(done, null, answer);
}

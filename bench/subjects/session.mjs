// One run of a subject: from its start to what it says of its calls.

import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { clearTimeout } from 'node:timers';

/** How long a subject may take until it is ready, and how long it may take beyond its cap, in ms. */
const READY = 60_000;

/**
 * Starts a subject with its plan; it waits until it is told to go.
 *
 * @param plan endpoints, and: calls (1), atOnce (1), timeout of a call (0: none), descriptors: its limit.
 */
export async function prepare(
  subject,
  { endpoints, calls = 1, atOnce = 1, timeout = 0, descriptors },
) {
  let command = subject.command;
  let hosts;
  if (subject.hosts) {
    hosts = path.join(
      os.tmpdir(),
      `bench-hosts-${process.pid}-${Math.random().toString(36).slice(2)}`,
    );
    fs.writeFileSync(hosts, endpoints.map(({ host }) => `${host} list.invalid\n`).join(''));
    // A mount namespace of its own: nobody else sees this file.
    const script = 'mount --bind "$0" /etc/hosts && exec "$@"';
    command = ['unshare', '--mount', 'sh', '-c', script, hosts, ...command];
  }
  if (descriptors) command = ['prlimit', `--nofile=${descriptors}:${descriptors}`, ...command];
  const child = spawn(command[0], command.slice(1), { stdio: ['pipe', 'pipe', 'pipe'] });
  const errors = [];
  child.stderr.on('data', (data) => errors.push(data));
  child.stdin.on('error', () => {}); // It has ended: its output says why.
  const lines = readline.createInterface({ input: child.stdout });
  const said = [];
  lines.on('line', (line) => said.push(line));
  const ended = once(child, 'close');
  const list = endpoints.map(({ host, port }) => `${host} ${port}\n`).join('');
  child.stdin.write(`${calls} ${atOnce} ${timeout}\n${list}.\n`);
  const kill = setTimeout(() => child.kill('SIGKILL'), READY);
  await Promise.race([once(lines, 'line'), ended]);
  clearTimeout(kill);
  const fail = (what) => {
    throw new Error(`${command.join(' ')}: ${what}\n${Buffer.concat(errors)}`);
  };
  if (said[0] !== 'ready') fail('it did not get ready');

  /** @param cap ms after which it is given up: its outcome is then "still trying". */
  const go = async (cap) => {
    let isGivenUp = false;
    const timer = setTimeout(() => {
      isGivenUp = true;
      child.kill('SIGKILL');
    }, cap);
    child.stdin.end('go\n');
    const [code] = await ended;
    clearTimeout(timer);
    if (hosts) fs.rmSync(hosts);
    if (isGivenUp) return { calls: [{ ms: cap, outcome: 'still trying', errors: 0 }], totals: {} };
    if (code !== 0) fail(`it ended with ${code}`);
    const rows = said.slice(1).map((line) => JSON.parse(line));
    const totals = rows.pop();
    return { calls: rows, totals };
  };
  return go;
}

// curl, with the list by --resolve, and the protocol of README.md beside this file. What curl says of its own
// times is what counts, so that its start is not in it; each call is a curl of its own.

import { run } from '../run-command.mjs';
import { readPlan } from './node/protocol.mjs';

const { calls, timeout, endpoints, go } = await readPlan();
const [{ port }] = endpoints;
const addresses = endpoints.map(({ host }) => (host.includes(':') ? `[${host}]` : host)).join(',');
const args = [
  ...['--silent', '--head', '--noproxy', '*', '--output', '/dev/null'],
  ...['--resolve', `list.invalid:${port}:${addresses}`],
  ...(timeout > 0 ? ['--connect-timeout', String(timeout / 1e3)] : []),
  ...['--write-out', '%{time_connect} %{remote_ip} %{time_total}'],
  `http://list.invalid:${port}/`,
];

/** curl's exit codes for what can happen here (man curl, EXIT CODES). */
const CODES = { 7: 'ECONNREFUSED', 28: 'ETIMEDOUT' };

async function call() {
  try {
    const [connected, address] = (await run('curl', args)).split(' ');
    return { ms: Number(connected) * 1e3, outcome: 'connected', address, errors: 0 };
  } catch ({ code, stdout = '' }) {
    const total = stdout.split(' ').at(-1);
    return { ms: Number(total) * 1e3, outcome: CODES[code] ?? `curl ${code}`, errors: 1 };
  }
}

await go();
const rows = [];
for (let i = 0; i < calls; i++) rows.push(await call());
const totals = {};
process.stdout.write([...rows, totals].map((row) => `${JSON.stringify(row)}\n`).join(''));

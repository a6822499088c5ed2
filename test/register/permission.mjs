// connect-by-list/register in a Node that permits only what it is told.

import { once } from 'node:events';
import net from 'node:net';
import { fileURLToPath } from 'node:url';

import { ownPort } from '../../build-test/support/ports.js';

const REGISTER = fileURLToPath(new URL('../../dist/register.js', import.meta.url));

/** @param runNode runs a Node with these arguments, and answers with its output and its exit code. */
export async function checkPermission(runNode) {
  const server = net.createServer((socket) => socket.end('welcome'));
  const port = await ownPort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const flags = await runNode('-p', 'JSON.stringify([...process.allowedNodeEnvironmentFlags])');
  const known = JSON.parse(flags.output);
  const permission = known.includes('--permission') ? '--permission' : '--experimental-permission';
  const base = [permission, '--no-warnings', '--allow-fs-read=*'];
  const withNet = known.includes('--allow-net') ? ['--allow-net'] : [];

  const cases = [
    [
      'it races where addons and networking are allowed',
      ['--allow-addons', ...withNet],
      'welcome 1',
    ],
    ['without --allow-addons it says so', withNet, 'addons need --allow-addons'],
  ];
  if (withNet.length > 0) {
    cases.push([
      'without --allow-net it is Node that refuses',
      ['--allow-addons'],
      'ERR_ACCESS_DENIED 0',
    ]);
  }
  const checks = [];
  for (const [name, allowed, expected] of cases) {
    const { output } = await runNode(...base, ...allowed, '-e', program(port));
    const failure = output.includes(expected) ? undefined : `"${expected}" is not in:\n${output}`;
    checks.push({ name, failure });
  }
  server.close();
  return checks;
}

/** Prints what it reads, or the code of the error, and how many connections were ours. */
function program(port) {
  return `
    let calls = 0;
    require('node:diagnostics_channel')
      .subscribe('tracing:connect-by-list:connect:start', () => calls++);
    require(${JSON.stringify(REGISTER)});
    const addresses = [{ address: '::1', family: 6 }, { address: '127.0.0.1', family: 4 }];
    const lookup = (_, options, found) => setImmediate(found, null, addresses);
    require('node:net')
      .connect({ host: 'nodes.test', port: ${port}, lookup })
      .on('data', (chunk) => console.log(String(chunk), calls))
      .on('error', (error) => console.log(error.code, calls));
  `;
}

// The same program twice, without connect-by-list/register and with it: it connects to a name with two addresses, of
// which the first answers after a second and the second never does.
//
//   npm run demo:register

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { hasIPv6, startSilent } from './endpoints.mjs';

const PROGRAM = fileURLToPath(new URL('slow-name.mjs', import.meta.url));
const REGISTER = new URL('../dist/register.mjs', import.meta.url).href;

const slowHost = (await hasIPv6()) ? '::1' : '127.0.0.2';
let failures = 0;
for (const [title, execArgv, expected] of [
  ['node app.js', [], 1],
  ['node --import connect-by-list/register app.js', ['--import', REGISTER], 0],
]) {
  const dead = await startSilent('127.0.0.1');
  const slow = await startSilent(slowHost, dead.port);
  console.log(`$ ${title}`);
  const program = fork(PROGRAM, [String(dead.port), slowHost, '127.0.0.1'], { execArgv });
  program.once('message', () => setTimeout(() => slow.wake(), 400));
  const [code] = await once(program, 'exit');
  if (code !== expected) failures++;
  slow.close();
  dead.close();
}
process.exitCode = failures;

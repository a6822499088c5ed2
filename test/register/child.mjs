// One process of npm run test:register: `node child.mjs PART ORDER`. ORDER says whether connect-by-list/register is
// imported first or last. Prints one line of JSON for each check, and has to end by itself.

import diagnostics from 'node:diagnostics_channel';

import { CLIENTS } from './clients.mjs';
import { makeUpNames } from './names.mjs';
import { PATCHERS } from './patchers.mjs';

const [part, order] = process.argv.slice(2);
const REGISTER = new URL('../../dist/register.mjs', import.meta.url);

makeUpNames();
let calls = 0;
diagnostics.subscribe('tracing:connect-by-list:connect:start', () => calls++);

/** Imports both, in the order that is asked for. */
async function loadWithRegister(load) {
  if (order === 'first') await import(REGISTER);
  const loaded = await load();
  return { loaded, ...(await import(REGISTER)) };
}

if (part === 'clients') {
  const { loaded } = await loadWithRegister(() => Promise.all(CLIENTS.map(({ load }) => load())));
  for (const [i, client] of CLIENTS.entries())
    await check(client.name, () => ask(client, loaded[i]));
} else {
  const { load, checks } = PATCHERS[part];
  const { loaded, register, unregister } = await loadWithRegister(load);
  const context = { order, register, unregister, calls: () => calls };
  for (const [name, run] of Object.entries(checks)) await check(name, () => run(loaded, context));
}

async function ask({ start, ask, calls: ours = 'one', expected }, module) {
  const server = await start();
  const before = calls;
  try {
    const answer = String(await ask(module, server));
    const wanted = expected?.() ?? String(server.port);
    if (answer !== wanted) throw new Error(`it answers "${answer}" instead of "${wanted}"`);
    const count = calls - before;
    const isRight = { none: count === 0, one: count === 1, some: count > 0 }[ours];
    if (!isRight) throw new Error(`${count} of its connections were ours, not ${ours}`);
  } finally {
    await server?.stop();
  }
}

async function check(name, run) {
  let failure;
  try {
    await run();
  } catch (error) {
    failure = error instanceof Error ? error.stack : String(error);
  }
  console.log(JSON.stringify({ name, failure }));
}

// Three ways to give up: a deadline for the call, a limit for each attempt, and a signal.
//
//   node examples/give-up.mjs HOST:PORT HOST:PORT...

import { connectByList, ConnectError } from 'connect-by-list';

const nodes = process.argv.slice(2);

async function tryWith(what, options) {
  try {
    const { socket } = await connectByList(nodes, { engine: 'race', history: false, ...options });
    console.log(`${what}: connected`);
    socket.destroy();
  } catch (error) {
    if (error !== options.signal?.reason && !(error instanceof ConnectError)) throw error;
    const outcomes = (error.attempts ?? []).map(({ outcome }) => outcome);
    console.log(`${what}: ${error.name} [${outcomes}] ${error.message.split(':')[0]}`);
  }
}

await tryWith('deadline', { timeout: 300 });
await tryWith('limit for each attempt', { attemptTimeout: 100 });

const user = new AbortController();
setTimeout(() => user.abort(new Error('The user has left')), 100);
await tryWith('signal', { signal: user.signal });

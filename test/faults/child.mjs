// The process whose calls fail: goes through every case of one scenario, from the case on that it is told
// to. It tells its parent of each case before and after, so that a crash or a hang has a name.

import { once } from 'node:events';
import { createRequire } from 'node:module';
import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises';

import { socketDescriptors } from '../../build-test/support/descriptors.js';
import { Control } from './control.mjs';
import { casesFor } from './matrix.mjs';
import { SCENARIOS } from './scenarios.mjs';

const { ConnectError, connect, connectByList } = createRequire(import.meta.url)('connect-by-list');

/** The orders may be in force for this long; then the case is a hang. */
const LIMIT_MS = 30_000;
const A_WHILE_MS = 10_000;
/** How many turns of the loop it may take until what was open is closed. */
const TURNS = 100;
/** How a timing that differs from run to run is met: a call that was not made this time may be the next. */
const TRIES = 3;

const { scenario: name, way, endpoints, first, every } = JSON.parse(process.argv[2]);
const control = new Control(process.env.CONNECT_BY_LIST_FAULTS);
const scenario = SCENARIOS[name];
const list = scenario.list(endpoints);
const WAYS = {
  connectByList,
  connect: async (...call) => {
    const socket = connect(...call);
    await once(socket, 'connect');
    return { socket };
  },
};

// Each attempt comes a while after the one before: what is remembered for a second is asked for again.
const now = performance.now.bind(performance);
let skew = 0;
performance.now = () => now() + skew;

// What is loaded and made once is loaded and made before anything is counted.
for (let i = 0; i < 3; i++) await attempt(undefined);
const { calls, problem } = await attempt(undefined);
if (problem) throw new Error(`without a fault: ${problem}`);

const cases = casesFor(calls).filter((_, i) => i % every === 0);
process.send({ count: cases.length, calls });
for (let i = first; i < cases.length; i++) {
  process.send({ begin: i, fault: cases[i] });
  let result;
  for (let tries = 0; tries < TRIES && !result?.hits; tries++) result = await attempt(cases[i]);
  process.send({ end: i, hits: result.hits, problem: result.problem });
}
process.disconnect();

/** Goes through the scenario once with this fault, and judges how it ended. */
async function attempt(fault) {
  skew += A_WHILE_MS;
  const before = socketDescriptors();
  const signal = scenario.abortAfter ? AbortSignal.timeout(scenario.abortAfter) : undefined;
  const limit = new AbortController();
  control.arm(fault);
  const ended = await Promise.race([
    WAYS[way](list, { history: false, ...scenario.options, ...(signal && { signal }) }).then(
      (connection) => ({ connection }),
      (error) => ({ error }),
    ),
    sleep(LIMIT_MS, { isHung: true }, { signal: limit.signal }).catch(() => undefined),
  ]);
  limit.abort();
  const open = () => [...socketDescriptors().keys()].filter((socket) => !before.has(socket));
  // What a deadline has cut off is closed in the turns of the loop that follow.
  for (let turn = 0; ended.error && open().length > 0 && turn < TURNS; turn++) await immediate();
  const { hits, calls } = control.disarm();
  let problem = await judge(ended, fault, hits);
  const left = open();
  if (left.length > 0) problem ??= `${left.length} sockets are left`;
  return { hits, calls, problem };
}

async function judge({ connection, error, isHung }, fault, hits) {
  if (isHung) return `no end after ${LIMIT_MS} ms`;
  if (connection) return useAndClose(connection.socket);
  // A socket has the signal's reason as the cause.
  if (scenario.ends === 'aborted' && (error.cause ?? error).name === 'TimeoutError')
    return undefined;
  if (!(error instanceof ConnectError)) return `rejected with ${error.stack}`;
  if (scenario.ends !== 'connected') return namesAll(error, list);
  // Here nothing but the fault can be the reason.
  if (!hits) return `failed without a fault: ${error.message}`;
  if (!error.errors.some(({ code }) => code === fault.error)) {
    return `no attempt has the code ${fault.error}: ${error.message}`;
  }
  if (isLate(fault)) return error.code === fault.error ? undefined : `not ${error.code}`;
  if (scenario.hasSpare && !fault.persists) return `one fault was enough: ${error.message}`;
  return namesAll(error, list);
}

function namesAll({ message }, endpoints) {
  const missing = endpoints.filter((endpoint) => !message.includes(endpoint));
  return missing.length > 0 ? `${missing.join(' and ')} not named in: ${message}` : undefined;
}

/** It happens when the connection is made, and Node takes its socket over: nobody else is asked then. */
function isLate(fault) {
  return fault.function === 'ioctl';
}

/** The connection is one: what is sent comes back. */
async function useAndClose(socket) {
  if (scenario.ends !== 'connected') return 'connected to nobody';
  socket.on('error', () => undefined);
  socket.write('there and back');
  const [text] = await Promise.race([once(socket, 'data'), once(socket, 'close')]);
  socket.destroy();
  if (!socket.closed) await once(socket, 'close');
  return String(text) === 'there and back' ? undefined : `the socket gave ${String(text)}`;
}

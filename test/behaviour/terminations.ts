// worker.terminate() at every phase of a connect: JavaScript stops where it is, be it in a callback that the
// addon has called. The process goes on as if there had been no connect.
// CONNECT_BY_LIST_TERMINATIONS says how many there are of each phase (default 4).

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { blackhole, type Blackhole } from '../support/blackhole';
import { openSockets } from '../support/descriptors';
import type { EngineUnderTest } from '../support/engine';
import { eventually } from '../support/eventually';
import { refusingPort } from '../support/ports';
import { serve, type TestServer } from '../support/servers';

const TIMES = Number(process.env.CONNECT_BY_LIST_TERMINATIONS ?? 4);
const LIMIT_MS = 180_000 + TIMES * 2_000;

/** In the worker: `here()` says that the phase is reached, and stays there until the end. */
const HERE = `
  const { parentPort } = require('node:worker_threads');
  const here = () => { parentPort.postMessage('here'); for (;;); };
`;

interface Ports {
  readonly dead: number;
  readonly refused: number;
  readonly healthy: number;
}

/** What a worker runs to get to a phase. There `connect` and `connectSocket` use the engine under test. */
const PHASES: Readonly<Record<string, (ports: Ports) => string>> = {
  'when the package is loaded': () => 'here();',
  'while a name is looked up': () =>
    "connect(['name.example:1'], { lookup: () => {} }); setImmediate(here);",
  'in the lookup': () => "connect(['name.example:1'], { lookup: here });",
  'in the policy': ({ healthy }) => `connect(['127.0.0.1:${healthy}'], { policy: here });`,
  'in the turn in which the connect began': ({ dead }) => `connect(['127.0.0.1:${dead}']); here();`,
  'while attempts are in flight': ({ dead }) =>
    `for (let i = 0; i < 20; i++) connect(['127.0.0.1:${dead}', '127.0.0.1:${dead}'], { attemptDelay: 10 });
     setTimeout(here, 5 + Math.random() * 20);`,
  'while sockets connect': ({ dead }) =>
    `for (let i = 0; i < 20; i++) connectSocket(['127.0.0.1:${dead}']).on('error', () => {}).write('queued');
     setTimeout(here, 5 + Math.random() * 20);`,
  'in the listener of a socket that has connected': ({ healthy }) =>
    `connectSocket(['127.0.0.1:${healthy}'], here);`,
  'when a socket is destroyed': ({ dead }) =>
    `const socket = connectSocket(['127.0.0.1:${dead}']).on('close', here);
     setTimeout(() => socket.destroy(), 5);`,
  'when it has been aborted': ({ dead }) =>
    `const controller = new AbortController();
     connect(['127.0.0.1:${dead}'], { signal: controller.signal });
     setTimeout(() => { controller.abort(); here(); }, 5);`,
  'when the connection is handed to Node': ({ healthy }) =>
    `connect(['127.0.0.1:${healthy}'], { onread: { buffer: here, callback: () => true } });`,
  'when it is connected': ({ healthy }) => `connect(['127.0.0.1:${healthy}']).then(here);`,
  'when everything has failed': ({ refused }) => `connect(['127.0.0.1:${refused}']).then(here);`,
};

/** Phases of a race: there the addon calls JavaScript, which looks at the interfaces. */
const PHASES_OF_A_RACE: typeof PHASES = {
  'while hands are shaken': ({ healthy }) =>
    `connect(['127.0.0.1:${healthy}'], { tls: {} }); setTimeout(here, 5 + Math.random() * 10);`,
  'when the addon asks for more': ({ dead }) =>
    `require('node:os').networkInterfaces = here; connect(['127.0.0.1:${dead}'], { attemptDelay: 10, history: false });`,
};

export function describeTerminations({ engine, preamble, races }: EngineUnderTest): void {
  describe('worker.terminate()', () => {
    let hole: Blackhole;
    let server: TestServer;
    let ports: Ports;
    beforeAll(async () => {
      [hole, server] = await Promise.all([blackhole(), serve()]);
      ports = { dead: hole.port, healthy: server.port, refused: await refusingPort() };
    });
    afterAll(() => Promise.all([hole.close(), server.close()]));

    test.each(Object.entries({ ...PHASES, ...(races && PHASES_OF_A_RACE) }))(
      '%s',
      async (_phase, programOf) => {
        const program = `
          ${HERE}
          ${preamble}
          const { connect: make, connectByList } = require('./dist');
          const connect = (list, options) =>
            connectByList(list, { ...options, engine: '${engine}' }).catch(() => {});
          const connectSocket = (list, listener) => make(list, { engine: '${engine}' }, listener);
          ${programOf(ports)}
        `;
        const before = openSockets();
        for (let i = 0; i < TIMES; i++) {
          const worker = new Worker(program, { eval: true });
          await Promise.race([once(worker, 'message'), failOf(worker)]);
          expect(await worker.terminate()).toBe(1);
        }
        await eventually(() => openSockets() <= before && server.sockets.size === 0);
      },
      LIMIT_MS,
    );
  });
}

async function failOf(worker: Worker): Promise<never> {
  const [error] = (await once(worker, 'error')) as [Error];
  throw error;
}

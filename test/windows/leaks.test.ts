// C22 on Windows: what a process has open there is counted by its handles, of which a socket is one.
// CONNECT_BY_LIST_LEAKS says how many connects are made (default 1,000); the lane passes it on with
// LANE_ENV=CONNECT_BY_LIST_LEAKS.

import { blackhole } from '../support/blackhole';
import { eventually } from '../support/eventually';
import { connectMixed, mixedKinds, sumOf } from '../support/mixed-connects';
import { refusingPort } from '../support/ports';
import { serve } from '../support/servers';
import { hasRealFunction, installStandIn } from './system';

const CALLS = Number(process.env.CONNECT_BY_LIST_LEAKS ?? 1_000);
const AT_ONCE = 20;
/** What Windows and Node make and keep meanwhile, such as threads of the pool. */
const HANDLES_OF_OTHERS = 50;
/** A connect takes a few milliseconds there, and none hangs for long. */
const LIMIT_MS = 30_000 + CALLS * 20;

const onTheStandIn = hasRealFunction ? describe.skip : describe;

onTheStandIn('leaks on Windows', () => {
  test.each([
    ['winsock', false],
    ['race', true],
  ] as const)(
    `C22 ${CALLS} mixed connects leave no handle of Windows (%s)`,
    async (engine, races) => {
      const standIn = installStandIn();
      const [server, hole, port] = await Promise.all([serve(), blackhole(), refusingPort()]);
      const [dead, refused, healthy] = [hole.port, port, server.port].map((p) => `127.0.0.1:${p}`);
      const targets = { dead, refused, healthy } as Parameters<typeof mixedKinds>[0];
      const kinds = mixedKinds(targets, { engine }, races);
      await connectMixed(100, AT_ONCE, kinds);
      await eventually(() => standIn.liveSockets() === 0 && server.sockets.size === 0);
      const before = standIn.handleCount();
      const { fulfilled, rejected } = sumOf(await connectMixed(CALLS, AT_ONCE, kinds));
      expect(fulfilled + rejected).toBe(CALLS);
      expect(Math.min(fulfilled, rejected)).toBeGreaterThan(CALLS / 5);
      await eventually(() => standIn.liveSockets() === 0 && server.sockets.size === 0);
      await eventually(() => standIn.handleCount() - before < HANDLES_OF_OTHERS);
      await Promise.all([server.close(), hole.close()]);
    },
    LIMIT_MS,
  );
});

// C22: nothing is left open, whatever the end.

import { blackhole, type Blackhole } from '../support/blackhole';
import { openSockets } from '../support/descriptors';
import type { EngineUnderTest } from '../support/engine';
import { eventually } from '../support/eventually';
import { connectMixed, mixedKinds, sumOf } from '../support/mixed-connects';
import { refusingPort } from '../support/ports';
import { serve, type TestServer } from '../support/servers';

const CALLS = 2_000;
const AT_ONCE = 20;

export function describeLeaks({ options, races }: EngineUnderTest): void {
  describe('leaks', () => {
    let hole: Blackhole;
    let server: TestServer;
    beforeAll(async () => {
      hole = await blackhole();
      server = await serve();
    });
    afterAll(async () => {
      await hole.close();
      await server.close();
    });

    test(`C22 no socket is left after ${CALLS} connects of every kind`, async () => {
      const refusing = await refusingPort();
      const [dead, refused, healthy] = [hole.port, refusing, server.port].map(
        (port) => `127.0.0.1:${port}`,
      ) as [string, string, string];
      const before = openSockets();
      const kinds = mixedKinds({ dead, refused, healthy }, options, races);
      const { fulfilled, rejected } = sumOf(await connectMixed(CALLS, AT_ONCE, kinds));
      expect(fulfilled + rejected).toBe(CALLS);
      expect(fulfilled).toBeGreaterThan(CALLS / 4);
      expect(rejected).toBeGreaterThan(CALLS / 4);
      // The server's ends of the connections close a moment after ours; and what a deadline has cut off is
      // closed in the turns of the loop that follow.
      await eventually(() => server.sockets.size === 0 && openSockets() <= before);
    });
  });
}

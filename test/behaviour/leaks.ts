// C22: nothing is left open, whatever the end.

import { once } from 'node:events';

import { connectByList, type ConnectOptions } from '#dist/index';
import { blackhole, type Blackhole } from '../support/blackhole';
import { openSockets } from '../support/descriptors';
import type { EngineUnderTest } from '../support/engine';
import { refusingPort, serve, type TestServer } from '../support/servers';

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
      const aborted = (): ConnectOptions => {
        const controller = new AbortController();
        setTimeout(() => controller.abort(), Math.random() * 10);
        return { signal: controller.signal };
      };
      const kinds: (() => Promise<unknown>)[] = [
        () => connectByList([refused, healthy], options).then(close),
        () => connectByList([refused, refused], options),
        () => connectByList([dead], { ...options, ...aborted() }),
        () => connectByList([healthy, healthy], { ...options, ...aborted() }).then(close),
      ];
      if (races) {
        kinds.push(
          () => connectByList([dead, refused], { ...options, attemptDelay: 10, timeout: 20 }),
          () => connectByList([dead, healthy], { ...options, attemptDelay: 10 }).then(close),
        );
      }
      const counts = { fulfilled: 0, rejected: 0 };
      const before = openSockets();
      let left = CALLS;
      const lane = async (): Promise<void> => {
        while (left-- > 0) {
          const kind = kinds[left % kinds.length] as () => Promise<unknown>;
          const [{ status }] = await Promise.allSettled([kind()]);
          counts[status]++;
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, lane));
      expect(counts.fulfilled + counts.rejected).toBe(CALLS);
      expect(counts.fulfilled).toBeGreaterThan(CALLS / 4);
      expect(counts.rejected).toBeGreaterThan(CALLS / 4);
      // The server's ends of the connections close a moment after ours.
      for (let i = 0; server.sockets.size > 0 && i < 100; i++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(server.sockets.size).toBe(0);
      expect(openSockets()).toBeLessThanOrEqual(before);
    });
  });
}

async function close({ socket }: { socket: import('node:net').Socket }): Promise<void> {
  socket.destroy();
  await once(socket, 'close');
}

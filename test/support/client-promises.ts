// What a client is promised when it takes its connections from a list: it gets past an endpoint that is
// dead, and when its server stops it goes over to another one by the very same configuration.

import * as diagnostics from 'node:diagnostics_channel';

import { History, type Attempt, type AttemptTrace, type SocketConnectOptions } from '#dist/index';
import { blackhole, type Blackhole } from './blackhole';
import type { MakeClient, TestClient } from './clients';
import { refusingPort } from './ports';

/** One of the servers that a client can reach; it answers with its port. */
export interface ClientServer {
  readonly port: number;
  stop(): Promise<void>;
}

export interface ClientUnderTest {
  readonly name: string;
  readonly makeClient: MakeClient;
  readonly startServer: () => Promise<ClientServer>;
}

/** @param races as in EngineUnderTest. */
export function describeClients(
  clients: readonly ClientUnderTest[],
  options: SocketConnectOptions,
  races: boolean,
): void {
  let hole: Blackhole | undefined;
  beforeAll(async () => {
    if (races) hole = await blackhole();
  });
  afterAll(() => hole?.close());

  describe.each(clients)('$name', ({ makeClient, startServer }) => {
    let first: ClientServer;
    let second: ClientServer;
    let client: TestClient | undefined;
    const attempts = new AttemptRecord();

    const servers: ClientServer[] = [];

    beforeAll(async () => {
      servers.push((first = await startServer()));
      servers.push((second = await startServer()));
      attempts.start();
    });
    beforeEach(() => attempts.clear());
    afterEach(async () => {
      await client?.close();
      client = undefined;
    });
    afterAll(async () => {
      attempts.stop();
      await Promise.all(servers.map((server) => server.stop()));
    });

    function reach(...ports: number[]): TestClient {
      const list = ports.map((port) => `127.0.0.1:${port}`);
      // A memory of its own: the clients share the endpoint that never answers.
      // Only the race has one.
      const history = options.engine === 'winsock' ? {} : { history: new History() };
      client = makeClient(list, { ...history, ...options });
      return client;
    }

    test('gets past an endpoint that refuses', async () => {
      const dead = await refusingPort();
      expect(await reach(dead, first.port).ask()).toBe(first.port);
      if (races) expect(attempts.outcomesAt(dead)).toContain('failed');
    });

    const ifItRaces = races ? test : test.skip;
    ifItRaces('gets past an endpoint that never answers', async () => {
      const { port } = hole as Blackhole;
      expect(await reach(port, first.port).ask()).toBe(first.port);
      expect(attempts.outcomesAt(port)).toContain('lost');
    });

    // The last one: it stops the first server.
    test('goes over to the other server when its own stops', async () => {
      const asking = reach(first.port, second.port);
      expect(await asking.ask()).toBe(first.port);
      await first.stop();
      expect(await untilAnswered(asking)).toBe(second.port);
      expect(await asking.ask()).toBe(second.port);
    });
  });
}

const TRIES = 50;
const PAUSE_MS = 100;

/** A client may say of a request that its connection broke; the next one goes over a new connection. */
export async function untilAnswered(asked: TestClient): Promise<number> {
  let lastError: unknown;
  for (let i = 0; i < TRIES; i++) {
    try {
      return await asked.ask();
    } catch (error) {
      lastError = error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
  throw lastError;
}

const ATTEMPT_ENDED = 'tracing:connect-by-list:attempt:asyncEnd';

/** What was tried, whoever called: the client has the sockets, and the tests do not see them. */
class AttemptRecord {
  private readonly attempts: Attempt[] = [];
  private readonly take = (message: unknown): void => {
    const { result } = message as AttemptTrace;
    if (result) this.attempts.push(result);
  };

  start(): void {
    diagnostics.subscribe(ATTEMPT_ENDED, this.take);
  }

  stop(): void {
    diagnostics.unsubscribe(ATTEMPT_ENDED, this.take);
  }

  clear(): void {
    this.attempts.length = 0;
  }

  outcomesAt(port: number): string[] {
    return this.attempts.filter((attempt) => attempt.port === port).map(({ outcome }) => outcome);
  }
}

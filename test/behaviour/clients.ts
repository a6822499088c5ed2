// Clients that take an agent, a dispatcher or a stream, each with servers in this process.

import * as diagnostics from 'node:diagnostics_channel';

import type { ConnectTrace } from '#dist/index';
import { blackhole } from '../support/blackhole';
import { CA } from '../support/certificate';
import { describeClients, untilAnswered, type ClientUnderTest } from '../support/client-promises';
import {
  startHttpServer,
  startHttpsServer,
  startMqttServer,
  startMysqlServer,
  startPostgresServer,
  startRedisServer,
} from '../support/client-servers';
import {
  fetchClient,
  httpClient,
  httpsClient,
  mqttClient,
  mqttClientOfGoodNodes,
  mysqlClient,
  pgClient,
  redisClient,
  redisClientOfGoodNodes,
  undiciClient,
  wsClient,
  wssClient,
  type MakeClient,
} from '../support/clients';
import type { EngineUnderTest } from '../support/engine';
import { eventually } from '../support/eventually';
import { serve } from '../support/servers';

const pgOverTls = pgClient({ ssl: { ca: CA } });

const CLIENTS: ClientUnderTest[] = [
  { name: 'http', makeClient: httpClient, startServer: startHttpServer },
  { name: 'https', makeClient: httpsClient, startServer: startHttpsServer },
  { name: 'ws over http', makeClient: wsClient, startServer: startHttpServer },
  { name: 'ws over https', makeClient: wssClient, startServer: startHttpsServer },
  { name: "undici's fetch", makeClient: undiciClient, startServer: startHttpsServer },
  { name: "Node's fetch", makeClient: fetchClient, startServer: startHttpsServer },
  { name: 'pg', makeClient: pgClient({}), startServer: startPostgresServer },
  { name: 'pg over TLS', makeClient: pgOverTls, startServer: startPostgresServer },
  { name: 'mysql2', makeClient: mysqlClient({}), startServer: startMysqlServer },
  { name: 'ioredis', makeClient: redisClient, startServer: startRedisServer },
  { name: 'MQTT.js', makeClient: mqttClient, startServer: startMqttServer },
];

const CALL_FAILED = 'tracing:connect-by-list:connect:error';

/** Clients that connect anew by themselves, and say of a node that it is no good. */
const OF_GOOD_NODES: ClientUnderTest[] = [
  { name: 'MQTT.js', makeClient: mqttClientOfGoodNodes, startServer: startMqttServer },
  { name: 'ioredis', makeClient: redisClientOfGoodNodes, startServer: startRedisServer },
];

/** Clients that give up by themselves, soon. */
const IMPATIENT: [string, MakeClient][] = [
  ['pg', pgClient({ connectionTimeoutMillis: 100 })],
  ['mysql2', mysqlClient({ connectTimeout: 100 })],
];

export function describeClientsInProcess({ options, races }: EngineUnderTest): void {
  describe('clients', () => {
    describeClients(CLIENTS, options, races);

    test.each(IMPATIENT)('%s ends the attempts when it gives up', async (_, makeClient) => {
      const hole = await blackhole();
      const onEnd = jest.fn();
      diagnostics.subscribe(CALL_FAILED, onEnd);
      const client = makeClient([`127.0.0.1:${hole.port}`], options);
      await expect(client.ask()).rejects.toThrow(/timeout|ETIMEDOUT/);
      await eventually(() => onEnd.mock.calls.length > 0);
      const [[{ error }]] = onEnd.mock.calls as [[ConnectTrace]];
      expect((error as Error).message).toContain('destroyed');
      diagnostics.unsubscribe(CALL_FAILED, onEnd);
      await client.close();
      await hole.close();
    });

    // Only the race has a history.
    const ifItRaces = races ? test.each(OF_GOOD_NODES) : test.skip.each(OF_GOOD_NODES);
    ifItRaces(
      '$name goes over to the next node when the first accepts and dies',
      async (client) => {
        const dying = await serve('127.0.0.1', (socket) => socket.destroy());
        const alive = await client.startServer();
        const nodes = [dying.port, alive.port].map((port) => `127.0.0.1:${port}`);
        const asking = client.makeClient(nodes, { ...options, order: 'given' });
        expect(await untilAnswered(asking)).toBe(alive.port);
        await asking.close();
        await Promise.all([dying.close(), alive.stop()]);
      },
    );
  });
}

// Clients that take an agent, a dispatcher or a stream, each with servers in this process.

import type { EngineUnderTest } from '../support/engine';
import { CA } from '../support/certificate';
import { describeClients, type ClientUnderTest } from '../support/client-promises';
import {
  startHttpServer,
  startHttpsServer,
  startMysqlServer,
  startPostgresServer,
  startRedisServer,
} from '../support/client-servers';
import {
  fetchClient,
  httpClient,
  httpsClient,
  mysqlClient,
  pgClient,
  redisClient,
  undiciClient,
  wsClient,
  wssClient,
} from '../support/clients';

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
];

export function describeClientsInProcess({ options, races }: EngineUnderTest): void {
  describe('clients', () => describeClients(CLIENTS, options, races));
}

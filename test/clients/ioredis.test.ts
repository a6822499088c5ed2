// ioredis and Redis, with and without TLS.

import { describeClients } from '../support/client-promises';
import { redisClient, redisOverTlsClient } from '../support/clients';
import { startRealServer, type ServerRecipe } from './real-server';

const COMMAND = ['redis-server', '--bind', '127.0.0.1', '--save', ''];

const redis: ServerRecipe = {
  package: 'redis-server',
  command: ({ folder, port }) => [...COMMAND, '--dir', folder, '--port', String(port)],
  ready: /Ready to accept connections/,
  stopSignal: 'SIGTERM',
};

const redisOverTls: ServerRecipe = {
  ...redis,
  command: ({ folder, port, certificate, key }) => [
    ...[...COMMAND, '--dir', folder, '--port', '0', '--tls-port', String(port)],
    ...['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-auth-clients', 'no'],
  ],
};

describeClients(
  [
    { name: 'ioredis', makeClient: redisClient, startServer: () => startRealServer(redis) },
    {
      name: 'ioredis over TLS',
      makeClient: redisOverTlsClient,
      startServer: () => startRealServer(redisOverTls),
    },
  ],
  {},
  true,
);

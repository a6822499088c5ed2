// pg and PostgreSQL: a plain connection, and one that the driver takes to TLS itself.

import { CA } from '../support/certificate';
import { describeClients } from '../support/client-promises';
import { pgClient } from '../support/clients';
import { startRealServer, type ServerRecipe } from './real-server';

const ACCOUNT = { user: 'tester', password: 'secret', database: 'postgres' };

const postgres: ServerRecipe = {
  package: 'postgresql',
  files: () => ({ password: ACCOUNT.password }),
  prepare: ({ folder }) => [
    [
      'initdb',
      ...['--pgdata', `${folder}/data`, '--no-sync', '--username', ACCOUNT.user],
      ...['--auth', 'scram-sha-256', '--pwfile', `${folder}/password`],
    ],
  ],
  command: ({ folder, port, certificate, key }) => [
    'postgres',
    ...['-D', `${folder}/data`, '-h', '127.0.0.1', '-p', String(port), '-k', ''],
    ...['-c', 'ssl=on', '-c', `ssl_cert_file=${certificate}`, '-c', `ssl_key_file=${key}`],
  ],
  ready: /database system is ready to accept connections/,
  // Its "fast" shutdown: SIGTERM would wait for the clients to leave.
  stopSignal: 'SIGINT',
};

const startServer = () => startRealServer(postgres);

describeClients(
  [
    { name: 'pg', makeClient: pgClient(ACCOUNT), startServer },
    { name: 'pg over TLS', makeClient: pgClient({ ...ACCOUNT, ssl: { ca: CA } }), startServer },
  ],
  {},
  true,
);

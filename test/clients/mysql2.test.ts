// mysql2 and MariaDB: a plain connection, and one that the driver takes to TLS itself.

import { CA } from '../support/certificate';
import { describeClients } from '../support/client-promises';
import { mysqlClient } from '../support/clients';
import { startRealServer, type ServerRecipe } from './real-server';

const ACCOUNT = { user: 'tester', password: 'secret' };

const mariadb: ServerRecipe = {
  package: 'mariadb-server',
  files: () => ({
    'accounts.sql': `CREATE USER '${ACCOUNT.user}'@'%' IDENTIFIED BY '${ACCOUNT.password}';\n`,
  }),
  prepare: ({ folder }) => [
    [
      'mariadb-install-db',
      ...['--no-defaults', `--datadir=${folder}/data`, '--skip-test-db'],
      // The server's user is no account of the system's that may log in.
      '--auth-root-authentication-method=normal',
    ],
  ],
  command: ({ folder, port, certificate, key }) => [
    'mariadbd',
    ...['--no-defaults', `--datadir=${folder}/data`, `--socket=${folder}/socket`],
    ...['--bind-address=127.0.0.1', `--port=${port}`, `--init-file=${folder}/accounts.sql`],
    ...[`--ssl-cert=${certificate}`, `--ssl-key=${key}`],
  ],
  ready: /ready for connections/,
  stopSignal: 'SIGTERM',
};

const startServer = () => startRealServer(mariadb);

const overTls = mysqlClient({ ...ACCOUNT, ssl: { ca: CA, verifyIdentity: true } });

describeClients(
  [
    { name: 'mysql2', makeClient: mysqlClient(ACCOUNT), startServer },
    { name: 'mysql2 over TLS', makeClient: overTls, startServer },
  ],
  {},
  true,
);

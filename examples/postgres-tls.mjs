// TLS as PostgreSQL does it: the client asks for it in plain text, and the server says S or N
// (postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL). A server without TLS loses.
//
//   NODE_EXTRA_CA_CERTS=ca.pem node examples/postgres-tls.mjs HOST:PORT HOST:PORT...

import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import tls from 'node:tls';

import { connectByList } from 'connect-by-list';

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

async function startTls(socket, { host, port }, { signal }) {
  socket.write(SSL_REQUEST);
  const [answer] = await once(socket, 'data', { signal });
  if (String(answer) !== 'S') throw new Error(`port ${port} does not do TLS`);
  const secure = tls.connect({ socket, host });
  await once(secure, 'secureConnect', { signal });
  return secure; // From now on the connection.
}

const { socket, remoteAddress, attempts } = await connectByList(process.argv.slice(2), {
  timeout: 10_000,
  handshake: startTls,
});
for (const { port, outcome, cause } of attempts)
  console.log(`port ${port}:`, cause?.message ?? outcome);
console.log(`${socket.getProtocol()} with port ${remoteAddress.port}`);
socket.destroy();

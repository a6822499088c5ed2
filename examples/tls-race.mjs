// A race that TLS decides: a server that accepts and then does not shake hands loses.
//
//   NODE_EXTRA_CA_CERTS=ca.pem node examples/tls-race.mjs HOST:PORT HOST:PORT...

import { once } from 'node:events';

import { connectByList } from 'connect-by-list';

const { socket, remoteAddress, attempts } = await connectByList(process.argv.slice(2), {
  timeout: 10_000,
  tls: { ALPNProtocols: ['http/1.1'] },
});
console.log(`${socket.getProtocol()} with port ${remoteAddress.port}`);
for (const { port, outcome, cause } of attempts) console.log(`port ${port}:`, cause ?? outcome);

socket.setEncoding('utf8').end('hello');
const [answer] = await once(socket, 'data');
console.log(answer);

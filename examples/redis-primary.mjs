// Of several Redis nodes the one that is the primary: replicas answer too, and lose.
//
//   node examples/redis-primary.mjs HOST:PORT HOST:PORT...

import { once } from 'node:events';

import { connectByList } from 'connect-by-list';

async function isPrimary(socket, { port }, { signal }) {
  socket.write('INFO replication\r\n');
  let answer = '';
  // The answer is one bulk string: its length, then so many bytes (redis.io/docs/reference/protocol-spec).
  while (!/^\$\d+\r\n[^]*\r\n$/.test(answer)) {
    const [chunk] = await once(socket, 'data', { signal });
    answer += chunk;
  }
  const role = /^role:(\w+)\r$/m.exec(answer)?.[1];
  if (role !== 'master') throw new Error(`port ${port} is a ${role}`);
}

const { socket, remoteAddress, attempts } = await connectByList(process.argv.slice(2), {
  timeout: 10_000,
  handshake: isPrimary,
});
for (const { port, outcome, cause } of attempts)
  console.log(`port ${port}:`, cause?.message ?? outcome);
console.log(`the primary is at port ${remoteAddress.port}`);
socket.end();

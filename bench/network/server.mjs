// The other side of the benchmark's network: started in a namespace of its own, and told to listen when
// that has its addresses. What it gets it throws away; to an HTTP request it says that there is no content.

import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import net from 'node:net';
import { pipeline, Readable } from 'node:stream';

import { address, PORT, SERVERS, SOURCE_BYTES, SOURCE_PORT } from './addresses.mjs';

const CHUNK = Buffer.alloc(2 ** 20);
const NO_CONTENT = 'HTTP/1.0 204 No Content\r\n\r\n';

function sink(socket) {
  socket.on('error', () => {});
  socket.once(
    'data',
    (data) => data.toString('latin1').startsWith('HEAD ') && socket.end(NO_CONTENT),
  );
  socket.resume();
}

function source(socket) {
  let left = SOURCE_BYTES;
  const bytes = new Readable({
    highWaterMark: CHUNK.length,
    read() {
      this.push(left > 0 ? CHUNK : null);
      left -= CHUNK.length;
    },
  });
  socket.resume();
  pipeline(bytes, socket, () => {});
}

async function listen(serve, host, port) {
  const server = net.createServer(serve);
  server.listen({ host, port, backlog: 4096 });
  await once(server, 'listening');
}

process.stdout.write('here\n');
await once(process.stdin, 'data');
for (let i = 0; i < SERVERS; i++) {
  await listen(sink, address('healthy', i), PORT);
  await listen(sink, address('healthy', i, 6), PORT);
  await listen(sink, address('slow', i), PORT);
}
await listen(source, address('healthy', 0), SOURCE_PORT);
process.stdout.write('listening\n');
// Whoever started this has gone.
process.stdin.on('end', () => process.exit(0));

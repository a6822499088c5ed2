// Through whichever proxy of a list opens a tunnel (RFC 9110 section 9.3.6) to HOST:PORT.
//
//   node examples/http-proxy.mjs HOST:PORT PROXY:PORT PROXY:PORT...

import { Buffer } from 'node:buffer';
import { once } from 'node:events';

import { connectByList } from 'connect-by-list';

const [target, ...proxies] = process.argv.slice(2);

async function openTunnel(socket, { port }, { signal }) {
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
  let head = Buffer.alloc(0);
  while (!head.includes('\r\n\r\n')) {
    const [chunk] = await once(socket, 'data', { signal });
    head = Buffer.concat([head, chunk]);
  }
  const [, status] = head.toString('latin1').split(' ', 2);
  if (status !== '200') throw new Error(`the proxy at port ${port} says ${status}`);
  // What follows the head is the target's: it belongs to whoever uses the connection.
  const rest = head.subarray(head.indexOf('\r\n\r\n') + 4);
  if (rest.length > 0) socket.unshift(rest);
}

const { socket, attempts } = await connectByList(proxies, {
  timeout: 10_000,
  handshake: openTunnel,
});
for (const { port, outcome, cause } of attempts)
  console.log(`port ${port}:`, cause?.message ?? outcome);
socket.setEncoding('utf8').write('hello');
const [answer] = await once(socket, 'data');
console.log(answer);
socket.destroy();

// Another program that has servers of its own: it opens and closes listeners on thousands of ephemeral ports of both
// addresses of loopback, and drops whoever connects to one.

import net from 'node:net';

const HOSTS = ['127.0.0.1', '::1'];
/** How many are open at a time, and for about how long each, in ms. */
const OPEN = 3_000;
const LIFETIME = 6_000;

process.on('disconnect', () => process.exit());

function open(i) {
  const server = net.createServer((socket) => socket.on('error', () => undefined).destroy());
  const again = () => setTimeout(open, 50 + Math.random() * LIFETIME, i);
  // No port is left, or no address of that family.
  server.on('error', again);
  server.listen({ host: HOSTS[i % HOSTS.length], port: 0 }, () => {
    setTimeout(() => server.close(again), Math.random() * LIFETIME);
  });
}

for (let i = 0; i < OPEN; i++) open(i);

// A server of its own process, so that the benchmark's CPU time is the client's alone. It accepts on
// loopback and throws away what it gets; its port goes to the parent.

import net from 'node:net';

const server = net.createServer((socket) => {
  socket.on('error', () => {});
  socket.resume();
});
server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
  process.send?.(server.address().port);
});
process.on('disconnect', () => process.exit(0));

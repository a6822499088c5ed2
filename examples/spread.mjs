// Clients that share the load: a policy that puts equal nodes into a random order, so that not all clients
// begin with the first of the list.
//
//   node examples/spread.mjs HOST:PORT HOST:PORT...

import { connectByList } from 'connect-by-list';

/** Fisher and Yates: each order is as likely as any other. */
function shuffled(items) {
  const list = [...items];
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}

/** Nodes that the host has a way to, at random; the others behind them. */
function spread(pairs) {
  const mixed = shuffled(pairs);
  const unreachable = mixed.filter(({ reachable }) => !reachable);
  return [...mixed.filter(({ reachable }) => reachable), ...unreachable];
}

const counts = new Map();
for (let i = 0; i < 100; i++) {
  // Without a policy each of these calls would begin with the node that RFC 6724 says is best.
  const { socket, remoteAddress } = await connectByList(process.argv.slice(2), { policy: spread });
  counts.set(remoteAddress.port, (counts.get(remoteAddress.port) ?? 0) + 1);
  socket.destroy();
}
for (const [port, count] of counts) console.log(`port ${port}: ${count}`);

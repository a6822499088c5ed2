// A node that accepts and then closes is no good, although connecting to it succeeds: say so, and the next
// call goes elsewhere. A client that reconnects by itself, such as MQTT.js or ioredis, calls `connect` below
// each time.
//
//   node examples/failed-node.mjs HOST:PORT HOST:PORT...

import { connectByList, History } from 'connect-by-list';

const nodes = process.argv.slice(2);
const history = new History();

async function connect() {
  const connection = await connectByList(nodes, { history, order: 'given', timeout: 10_000 });
  const { socket, remoteAddress } = connection;
  const connectedAt = performance.now();
  socket.once('close', () => {
    // A connection that lives so short has served nobody.
    if (performance.now() - connectedAt < 1_000) history.note(remoteAddress, 'bad');
  });
  return connection;
}

for (let i = 0; i < 2; i++) {
  const { socket, remoteAddress } = await connect();
  const isUsable = await new Promise((resolve) => {
    socket.once('data', () => resolve(true)).once('close', () => resolve(false));
  });
  console.log(`port ${remoteAddress.port}: ${isUsable ? 'says something' : 'closes at once'}`);
  socket.destroy();
}

// A client that stays connected: when its connection breaks, it goes to whichever node answers now.
//
//   node examples/failover.mjs HOST:PORT HOST:PORT...

import { setTimeout as wait } from 'node:timers/promises';

import { connectByList, ConnectError } from 'connect-by-list';

/** ms between two tries while no node answers: half of it at least, so that clients do not come in step. */
const PAUSE = 1_000;

const nodes = process.argv.slice(2);
let heard = '';

// Nodes that send "bye" before they close let the client end; one that just stops does not.
while (heard !== 'bye') {
  try {
    const { socket, remoteAddress } = await connectByList(nodes, { timeout: 5_000 });
    console.log(`connected to port ${remoteAddress.port}`);
    socket.setEncoding('utf8').on('data', (text) => (heard = text.trim()));
    socket.on('error', (error) => console.log(`broken: ${error.code}`));
    await new Promise((resolve) => socket.once('close', resolve));
    console.log(`port ${remoteAddress.port} is gone`);
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    console.log(`nobody answers: ${error.code}`);
    await wait(PAUSE * (0.5 + Math.random() / 2));
  }
}

'use strict';

// A utility process: Node with an event loop of its own, where connections do not wait for the main
// process, nor it for them.

const { connectByList } = require('connect-by-list');

process.parentPort.once('message', async ({ data: endpoints }) => {
  try {
    const { socket, remoteAddress, engine } = await connectByList(endpoints, { timeout: 5_000 });
    socket.destroy();
    const result = `${remoteAddress.address} port ${remoteAddress.port}, engine ${engine}`;
    process.parentPort.postMessage({ result });
  } catch (error) {
    process.parentPort.postMessage({ error: error.message });
  }
});

'use strict';

require('./shim.cjs');
const { connectByList } = require('connect-by-list');

process.parentPort.once('message', async ({ data: endpoints }) => {
  try {
    const { socket, attempts } = await connectByList(endpoints);
    socket.destroy();
    const result = attempts.map(({ outcome }) => outcome).join(' ');
    process.parentPort.postMessage({ result });
  } catch (error) {
    process.parentPort.postMessage({ error: error.message });
  }
});

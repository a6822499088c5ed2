'use strict';

// The main process: connects to whichever endpoint answers, and has a utility process do the same.
//
//   ENDPOINTS=192.0.2.1:5432,[2001:db8::1]:5432 npm start

const path = require('node:path');

const { connectByList } = require('connect-by-list');
const { app, utilityProcess } = require('electron');

const endpoints = (process.env.ENDPOINTS ?? '127.0.0.1:5432,[::1]:5432').split(',');

async function connectHere() {
  const { socket, remoteAddress, engine } = await connectByList(endpoints, { timeout: 5_000 });
  socket.destroy();
  return `${remoteAddress.address} port ${remoteAddress.port}, engine ${engine}`;
}

/** A socket cannot be handed to another process: whoever is to use it connects. */
async function connectInUtilityProcess() {
  const child = utilityProcess.fork(path.join(__dirname, 'utility.js'));
  try {
    return await new Promise((resolve, reject) => {
      child.once('message', ({ error, result }) =>
        error ? reject(new Error(error)) : resolve(result),
      );
      child.once('exit', (code) => reject(new Error(`the utility process ended with ${code}`)));
      child.postMessage(endpoints);
    });
  } finally {
    child.kill();
  }
}

async function main() {
  await app.whenReady();
  console.log('main process:', await connectHere());
  console.log('utility process:', await connectInUtilityProcess());
}

main().then(
  () => app.exit(0),
  (error) => {
    console.error(error);
    app.exit(1);
  },
);

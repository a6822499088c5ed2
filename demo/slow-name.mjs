// A program that knows nothing of connect-by-list: it connects to a name, and gives up after five seconds.
//
//   node demo/slow-name.mjs PORT ADDRESS ADDRESS

import { isIPv6, connect } from 'node:net';

const [port, ...addresses] = process.argv.slice(2);

/** What a resolver would answer. */
function lookup(_name, options, callback) {
  const all = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  setImmediate(() => {
    if (options.all) callback(null, all);
    else callback(null, all[0].address, all[0].family);
  });
}

const startedAt = performance.now();
const socket = connect({ host: 'service.example', port: Number(port), lookup });
process.send?.('connecting');
const limit = setTimeout(() => socket.destroy(new Error('gave up')), 5_000);
socket.on('connect', () => end(`connected to ${socket.remoteAddress}`, 0));
socket.on('error', (error) => end(`failed: ${error.message}`, 1));

function end(text, code) {
  console.log(`  ${text} after ${Math.round(performance.now() - startedAt)} ms`);
  clearTimeout(limit);
  socket.destroy();
  process.exitCode = code;
  process.disconnect?.();
}

// A mail server that is ready: it says 220. One that is too busy says 554, and one that is stuck says nothing.
//
//   node examples/smtp-banner.mjs HOST:PORT HOST:PORT...

import { once } from 'node:events';

import { connectByList } from 'connect-by-list';

async function isReady(socket, _endpoint, { signal }) {
  let banner = '';
  while (!/^\d{3} .*\r\n/m.test(banner)) {
    const [chunk] = await once(socket, 'data', { signal });
    banner += chunk;
  }
  if (!banner.startsWith('220')) throw new Error(banner.trim());
}

const { socket, attempts } = await connectByList(process.argv.slice(2), {
  attemptTimeout: 5_000,
  timeout: 15_000,
  handshake: isReady,
});
for (const { port, outcome, cause } of attempts)
  console.log(`port ${port}:`, cause?.message ?? outcome);
socket.end('QUIT\r\n');

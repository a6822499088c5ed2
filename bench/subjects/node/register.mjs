// net.connect, in a process that has connect-by-list/register and in one that has not: to an address, or to a name that
// has this address alone.
//
//   register.mjs register | plain  address | name

import net from 'node:net';

import { serve } from './protocol.mjs';

const [way, target] = process.argv.slice(2);
if (way === 'register') await import('../../../dist/register.mjs');

await serve(([{ host, port }]) => {
  const lookup = (_, options, found) => {
    if (options.all) setImmediate(found, null, [{ address: host, family: net.isIP(host) }]);
    else setImmediate(found, null, host, net.isIP(host));
  };
  const options = target === 'name' ? { host: 'one.test', port, lookup } : { host, port };
  return new Promise((resolve, reject) => {
    const socket = net.connect(options);
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
});

// Node's own net.connect: to the first endpoint alone ("floor"), or with autoSelectFamily and a lookup that
// answers with the list.
//
//   net-connect.mjs floor | auto [attempt timeout in ms]

import net from 'node:net';
import { clearTimeout } from 'node:timers';

import { lookupOf, serve } from './protocol.mjs';

const [way, attemptTimeout] = process.argv.slice(2);

function toList(endpoints) {
  return {
    host: 'list.invalid',
    port: endpoints[0].port,
    lookup: lookupOf(endpoints),
    autoSelectFamily: true,
    ...(attemptTimeout && { autoSelectFamilyAttemptTimeout: Number(attemptTimeout) }),
  };
}

await serve((endpoints, timeout) => {
  return new Promise((resolve, reject) => {
    const socket = net.connect(way === 'floor' ? endpoints[0] : toList(endpoints));
    // net.connect has no limit of its own for connecting: this is how it is given one.
    const timer =
      timeout > 0 &&
      setTimeout(() => {
        socket.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' }));
      }, timeout);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
});

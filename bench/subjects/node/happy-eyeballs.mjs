// The npm packages happy-eyeballs and @balena/happy-eyeballs, a fork of it: `createConnection`, with a
// lookup that answers with the list. Both remember the family that connected by the name.
//
//   happy-eyeballs.mjs happy-eyeballs | @balena/happy-eyeballs/explicit.js

import { clearTimeout } from 'node:timers';

import { lookupOf, serve } from './protocol.mjs';

const { createConnection } = (await import(process.argv[2])).default;

// Their createConnection() is a method of an agent; what it needs of it is the port that is not that of TLS.
const agent = { defaultPort: 80 };

await serve((endpoints, timeout) => {
  return new Promise((resolve, reject) => {
    const [{ port }] = endpoints;
    const options = {
      host: 'list.invalid',
      port,
      lookup: lookupOf(endpoints),
      // Their limit is one for each attempt, and their signal throws: the call's own is a timer beside it.
      ...(timeout > 0 && { timeout }),
    };
    const timer =
      timeout > 0 &&
      setTimeout(() => reject(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })), timeout);
    createConnection.call(agent, options, (error, socket) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve(socket);
    });
  });
});

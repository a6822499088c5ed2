// Watching every call and every attempt of a process, without touching the code that makes them.
//
//   node examples/diagnostics.mjs HOST:PORT HOST:PORT...

import { tracingChannel } from 'node:diagnostics_channel';

import { connectByList } from 'connect-by-list';

tracingChannel('connect-by-list:connect').subscribe({
  start: ({ endpoints }) => console.log(`call: ${endpoints.join(', ')}`),
  asyncEnd: ({ error }) => console.log(`call: ${error ? error.code : 'connected'}`),
});
tracingChannel('connect-by-list:attempt').subscribe({
  start: ({ host, port }) => console.log(`attempt: ${host} port ${port}`),
  asyncEnd: ({ host, port, result, error }) =>
    console.log(`attempt: ${host} port ${port}: ${error ? error.code : result.outcome}`),
});

const { socket } = await connectByList(process.argv.slice(2), { engine: 'race', timeout: 5_000 });
socket.destroy();

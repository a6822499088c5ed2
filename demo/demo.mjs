// The main job, with nothing prepared: a few endpoints of the demo's own on loopback, one call, and a
// timeline of what was tried.
//
//   npm run demo

import { connectByList } from 'connect-by-list';

import { startEndpoints } from './endpoints.mjs';
import { drawTimeline } from './timeline.mjs';

const endpoints = await startEndpoints();
const list = endpoints.map(({ host, port }) => ({ host, port }));

console.log('The list, in the order in which it is tried:');
for (const { host, port, what } of endpoints) console.log(`  ${host} port ${port}: ${what}`);

const { socket, localAddress, remoteAddress, engine, attempts } = await connectByList(list, {
  timeout: 5_000,
});

socket.setEncoding('utf8');
socket.end('hello from the demo');
let answer = '';
for await (const text of socket) answer += text;

console.log(`\nWhat was tried (engine: ${engine}):`);
console.log(drawTimeline(attempts));
console.log(`\nConnected ${format(localAddress)} -> ${format(remoteAddress)}`);
console.log(`It answered: ${answer}`);

for (const endpoint of endpoints) endpoint.close();

function format({ address, port }) {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

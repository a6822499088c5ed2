// The main job, with nothing prepared: a few endpoints of the demo's own on loopback, one call, and the
// picture that `npx connect-by-list` draws of what was tried.
//
//   npm run demo

import { connectByList } from 'connect-by-list';

import { reportConnection } from '../dist/cli/report.js';
import { drawReport } from '../dist/cli/waterfall.js';
import { startEndpoints } from './endpoints.mjs';

const endpoints = await startEndpoints();
const list = endpoints.map(({ host, port }) => format(host, port));

console.log('The list, in the order in which it is tried:');
endpoints.forEach(({ what }, i) => console.log(`  ${list[i]} ${what}`));

const connection = await connectByList(list, { timeout: 5_000 });

const { socket } = connection;
socket.setEncoding('utf8');
socket.end('hello from the demo');
let answer = '';
for await (const text of socket) answer += text;

console.log('\nWhat was tried:');
console.log(drawReport(reportConnection(list, connection), { width: 100, isColoured: false }));
console.log(`It answered: ${answer}`);

for (const endpoint of endpoints) endpoint.close();

function format(host, port) {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

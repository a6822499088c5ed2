// http over a list: the URL names the host that is asked for, the list says where it is.
//
//   node examples/http-agent.mjs HOST:PORT HOST:PORT...

import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';

import { ListAgent } from 'connect-by-list';

const agent = new ListAgent(process.argv.slice(2), {
  keepAlive: true,
  connect: { timeout: 5_000 },
});

for (const path of ['/first', '/second']) {
  const [response] = await once(http.get(`http://api.example${path}`, { agent }), 'response');
  console.log(response.statusCode, await text(response));
}
agent.destroy();

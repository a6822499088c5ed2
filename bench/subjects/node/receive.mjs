// Bytes through a connected socket: until the other side ends, through net.connect's or through ours. The
// protocol is that of README.md beside this folder; the time of a call is that until the connection has ended.
//
//   receive.mjs net-connect | connect-by-list

import { once } from 'node:events';
import net from 'node:net';

import { connectByList } from '../../../dist/index.mjs';

import { SOURCE_BYTES } from '../../network/addresses.mjs';
import { serve } from './protocol.mjs';

const WAYS = {
  'net-connect': async ([endpoint]) => {
    const socket = net.connect(endpoint);
    await once(socket, 'connect');
    return socket;
  },
  'connect-by-list': async (endpoints) => (await connectByList(endpoints)).socket,
};
const connect = WAYS[process.argv[2]];

await serve(async (endpoints) => {
  const socket = await connect(endpoints);
  let bytes = 0;
  socket.on('data', (chunk) => (bytes += chunk.length));
  await once(socket, 'close');
  if (bytes !== SOURCE_BYTES) throw new Error(`${bytes} bytes came, not ${SOURCE_BYTES}`);
  return socket;
});

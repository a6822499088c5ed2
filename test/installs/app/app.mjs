// An application of somebody else's: connects to a server of its own, and prints "connected".
import net from 'node:net';

import { connectByList } from 'connect-by-list';

const server = net.createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1', connect);

async function connect() {
  const { socket } = await connectByList([{ host: '127.0.0.1', port: server.address().port }]);
  socket.setEncoding('utf8').on('data', (text) => console.log(text === 'hello' && 'connected'));
  socket.on('close', () => server.close());
}

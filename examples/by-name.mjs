// One host name and one service, as WSAConnectByName has it.
//
//   node examples/by-name.mjs HOST SERVICE

import { connectByName } from 'connect-by-list';

const [host, service] = process.argv.slice(2);
const { socket, remoteAddress, engine } = await connectByName(host, service, { timeout: 5_000 });
console.log(`connected to ${host} port ${remoteAddress.port}, engine ${engine}`);
socket.destroy();

// A guard against addresses that a list from outside must not lead to (server-side request forgery): they
// are refused after names have been resolved, whatever name or spelling leads there.
//
//   node examples/block-list.mjs HOST:PORT HOST:PORT...

import net from 'node:net';

import { connectByList, ConnectError } from 'connect-by-list';

const blockList = new net.BlockList();
blockList.addSubnet('0.0.0.0', 8);
blockList.addSubnet('10.0.0.0', 8);
blockList.addSubnet('127.0.0.0', 8);
blockList.addSubnet('169.254.0.0', 16);
blockList.addSubnet('172.16.0.0', 12);
blockList.addSubnet('192.168.0.0', 16);
blockList.addAddress('::', 'ipv6');
blockList.addAddress('::1', 'ipv6');
blockList.addSubnet('fc00::', 7, 'ipv6');
blockList.addSubnet('fe80::', 10, 'ipv6');

try {
  const { socket, remoteAddress } = await connectByList(process.argv.slice(2), {
    blockList,
    timeout: 5_000,
  });
  console.log(`connected to ${remoteAddress.address} port ${remoteAddress.port}`);
  socket.destroy();
} catch (error) {
  if (!(error instanceof ConnectError)) throw error;
  for (const { host, outcome, code } of error.attempts) console.log(`${host}: ${outcome}, ${code}`);
}

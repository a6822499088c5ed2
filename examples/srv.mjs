// The servers of a service as DNS has them, the primary ones first (RFC 2782).
//
//   node examples/srv.mjs _ldap._tcp.example.com [NAME-SERVER]

import { promises as dns } from 'node:dns';

import { connectByList, resolveSrv } from 'connect-by-list';

const [name, server] = process.argv.slice(2);
const resolver = new dns.Resolver();
if (server) resolver.setServers([server]);

const list = await resolveSrv(name, { resolver });
for (const { host, port, priority, weight } of list) console.log(priority, weight, host, port);
const { socket, remoteAddress } = await connectByList(list, { timeout: 10_000 });
console.log(`connected to ${remoteAddress.address} port ${remoteAddress.port}`);
socket.destroy();

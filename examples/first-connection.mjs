// The first connection: whichever endpoint answers, and what was tried on the way.
//
//   node examples/first-connection.mjs HOST:PORT HOST:PORT...

import { connectByList, ConnectError } from 'connect-by-list';

try {
  const { socket, remoteAddress, attempts } = await connectByList(process.argv.slice(2), {
    timeout: 5_000,
  });
  console.log(`connected to ${remoteAddress.address} port ${remoteAddress.port}`);
  for (const { host, port, outcome, code } of attempts) {
    console.log(`${host} port ${port}: ${outcome} ${code ?? ''}`.trimEnd());
  }
  socket.end();
} catch (error) {
  if (!(error instanceof ConnectError)) throw error;
  console.error(error.message);
  for (const { address, port, code, ms } of error.errors) {
    console.error(`${address} port ${port}: ${code} after ${Math.round(ms)} ms`);
  }
  process.exitCode = 1;
}

// What earlier connects have learned: the second call does not wait again for a node that was silent.
//
//   node examples/history.mjs HOST:PORT HOST:PORT...

import { connectByList, History } from 'connect-by-list';

const nodes = process.argv.slice(2);

// Without one of its own a call uses that of the process, which remembers 1,000 destinations for a minute.
const history = new History({ maxEntries: 100, maxAge: 30_000 });

for (const call of ['first', 'second']) {
  const { socket, attempts } = await connectByList(nodes, { engine: 'race', history });
  console.log(
    `${call} call: ${attempts.map(({ port, outcome }) => `${port} ${outcome}`).join(', ')}`,
  );
  socket.destroy();
}
console.log(`${history.size} destinations remembered`);

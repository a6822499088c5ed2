// Keeps one core busy until the process that has started it is gone.

import { setImmediate } from 'node:timers';

process.on('disconnect', () => process.exit());
const turn = () => {
  const end = performance.now() + 50;
  while (performance.now() < end);
  setImmediate(turn);
};
turn();

import { fileURLToPath } from 'node:url';

import { address, SOURCE_PORT } from '../network/addresses.mjs';
import { median, ratios, round, spread } from '../report/statistics.mjs';
import { alone, inTurn, rowOf } from './in-turn.mjs';
import { FLOORS, nodeOf, OURS } from './who.mjs';

const MOST = 1.05;
const RECEIVE = fileURLToPath(new URL('../subjects/node/receive.mjs', import.meta.url));

/** The same subjects, with another program: it receives. */
function receivers(subjects) {
  const make = (id, way) => {
    const { label, command } = subjects[id];
    return [id, { label, command: [command[0], RECEIVE, way] }];
  };
  return Object.fromEntries([
    ...FLOORS.map((id) => make(id, 'net-connect')),
    ...OURS.map((id) => make(id, 'connect-by-list')),
  ]);
}

export default {
  id: 'S12',
  title: '1 GB through the socket',
  about:
    'From the call to the end of the connection, with 1 GiB in between, and the CPU of the process that receives it.',
  // Single runs differ by a third, whoever makes them: it takes so many to tell 5 %.
  rounds: 61,
  columns: [
    { case: 'receive', metric: 'ms', head: 'time, ms' },
    { case: 'receive', metric: 'cpu', head: 'CPU, ms' },
  ],
  plots: [],
  measure: (setup) =>
    inTurn(
      { ...setup, subjects: receivers(setup.subjects) },
      {
        groups: alone([...FLOORS, ...OURS]),
        cases: ['receive'],
        planOf: () => ({ endpoints: [{ host: address('healthy', 0), port: SOURCE_PORT }] }),
        read: ({ calls: [{ ms }], totals }) => ({ ms, cpu: totals.cpuMs }),
      },
    ),
  targets(rows) {
    return OURS.map((id) => {
      const floor = rowOf(rows, `floor-${nodeOf(id)}`, 'receive').metrics.ms;
      const ratio = ratios(rowOf(rows, id, 'receive').metrics.ms, floor);
      return {
        subject: id,
        what: `at most ${MOST} × net.connect's time`,
        measured: `${round(median(ratio))} × (run by run ${spread(ratio)})`,
        isReached: median(ratio) <= MOST,
      };
    });
  },
};

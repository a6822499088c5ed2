import { endpoints } from '../network/addresses.mjs';
import { median, ratios, round, spread } from '../report/statistics.mjs';
import { alone, inTurn, rowOf } from './in-turn.mjs';
import { ELSEWHERE, FLOORS, IN_NODE, nodeOf, OURS } from './who.mjs';

const CALLS = 5_000;
const AT_ONCE = 64;

export default {
  id: 'S5',
  title: `${CALLS.toLocaleString('en-US')} connects, ${AT_ONCE} at a time`,
  about: 'CPU (user and system) of the process for each connect and close, from a cold start on.',
  rounds: 9,
  columns: [
    { case: 'all', metric: 'cpu', head: 'CPU per connect, µs' },
    { case: 'all', metric: 'most', head: 'slowest call, ms' },
  ],
  plots: [
    {
      file: 's05-cpu',
      kind: 'bars',
      title: 'CPU for a connect and its close, 64 at a time',
      axis: 'µs, median of the runs; the line spans the lowest to the highest',
      metric: 'cpu',
      cases: ['all'],
    },
  ],
  measure: (setup) =>
    inTurn(setup, {
      groups: alone([...FLOORS, ...IN_NODE, ...ELSEWHERE]),
      cases: ['all'],
      planOf: () => ({ endpoints: endpoints('healthy'), calls: CALLS, atOnce: AT_ONCE }),
      read: ({ calls, totals }) => ({
        cpu: (totals.cpuMs * 1e3) / CALLS,
        most: Math.max(...calls.map(({ ms }) => ms)),
      }),
    }),
  targets(rows) {
    return OURS.map((id) => {
      const floor = rowOf(rows, `floor-${nodeOf(id)}`, 'all').metrics.cpu;
      const ratio = ratios(rowOf(rows, id, 'all').metrics.cpu, floor);
      return {
        subject: id,
        what: 'CPU per connect: at most 1.0 × floor',
        measured: `${round(median(ratio))} × (run by run ${spread(ratio)})`,
        isReached: median(ratio) <= 1,
      };
    });
  },
};

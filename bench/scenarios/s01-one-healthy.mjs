import { endpoints } from '../network/addresses.mjs';
import { median, ratios, round, spread } from '../report/statistics.mjs';
import { alone, inTurn, rowOf } from './in-turn.mjs';
import { ALL, FLOORS, nodeOf, OURS } from './who.mjs';

const CALLS = 500;
const WARMING = 100;

/** The first call of a process, and the median of those that come when everything is warm. */
export function firstAndWarm({ calls }) {
  const warm = calls.slice(WARMING).map(({ ms }) => ms * 1e3);
  return { first: calls[0].ms * 1e3, ...(warm.length > 0 && { warm: median(warm) }) };
}

export default {
  id: 'S1',
  title: 'One healthy endpoint',
  about: `The first call of a fresh process, and the median of ${CALLS - WARMING} calls, one after another, after ${WARMING} to warm up. Each curl is a process of its own.`,
  rounds: 9,
  columns: [
    { case: 'one', metric: 'first', head: 'first call, µs' },
    { case: 'one', metric: 'warm', head: 'warm, µs' },
  ],
  plots: [
    {
      file: 's01-warm',
      kind: 'bars',
      title: 'One healthy endpoint: a warm call',
      axis: 'µs (log), median of the runs; the line spans the lowest to the highest',
      isLog: true,
      metric: 'warm',
      cases: ['one'],
    },
  ],
  measure: (setup) =>
    inTurn(setup, {
      groups: alone([...FLOORS, ...ALL]),
      cases: ['one'],
      planOf: (_, id) => ({ endpoints: endpoints('healthy'), calls: id === 'curl' ? 5 : CALLS }),
      read: firstAndWarm,
    }),
  targets(rows) {
    return OURS.flatMap((id) => {
      const metrics = (name) => rowOf(rows, `${name}-${nodeOf(id)}`, 'one').metrics;
      const [ours, floor, auto] = ['ours', 'floor', 'auto'].map(metrics);
      const warm = ratios(ours.warm, floor.warm);
      const first = ratios(ours.first, auto.first);
      return [
        {
          subject: id,
          what: 'warm: at most 1.0 × floor',
          measured: `${round(median(warm))} × (run by run ${spread(warm)})`,
          isReached: median(warm) <= 1,
        },
        {
          subject: id,
          what: "first call: not above autoSelectFamily's",
          measured: `${round(median(first))} × (run by run ${spread(first)})`,
          isReached: median(first) <= 1,
        },
      ];
    });
  },
};

import { endpoints } from '../network/addresses.mjs';
import { SLOW_MS } from '../network/network.mjs';
import { median, round, spread } from '../report/statistics.mjs';
import { inTurn, rowOf } from './in-turn.mjs';
import { ALL, OURS } from './who.mjs';

const LISTS = {
  'eight slow': endpoints('slow', 8),
  'a slow one, then a refused one': [...endpoints('slow'), ...endpoints('refused')],
};
const CASES = Object.keys(LISTS);
const MARGIN = 15;

export default {
  id: 'S4',
  title: `Slow endpoints: the SYN-ACK comes after ${SLOW_MS} ms`,
  about: 'The first call of a fresh process. All subjects of a round wait at the same time.',
  columns: CASES.map((name) => ({ case: name, metric: 'ms', head: `${name}, ms` })),
  plots: [
    {
      file: 's04-slow',
      kind: 'bars',
      title: `Endpoints ${SLOW_MS} ms away: the time to connect`,
      axis: 'ms, median of the runs; without a bar: it failed',
      metric: 'ms',
      cases: CASES,
    },
  ],
  measure: (setup) =>
    inTurn(setup, {
      groups: [ALL],
      cases: CASES,
      planOf: (name) => ({ endpoints: LISTS[name], cap: 6_000 }),
      read: ({ calls: [{ ms }] }) => ({ ms }),
    }),
  targets(rows) {
    return OURS.flatMap((id) =>
      CASES.map((name) => {
        const { metrics, outcomes } = rowOf(rows, id, name);
        const hasFailed = outcomes.some((outcome) => outcome !== 'connected');
        return {
          subject: id,
          what: `${name}: ${SLOW_MS} ms + ${MARGIN}, never a failure`,
          measured: `${round(median(metrics.ms))} ms (${spread(metrics.ms)})${hasFailed ? ', and failures' : ''}`,
          isReached: !hasFailed && median(metrics.ms) <= SLOW_MS + MARGIN,
        };
      }),
    );
  },
};

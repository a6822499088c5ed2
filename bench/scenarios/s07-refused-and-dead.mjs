import { endpoints } from '../network/addresses.mjs';
import { least, median, most, round, spread } from '../report/statistics.mjs';
import { inTurn, rowOf } from './in-turn.mjs';
import { ALL, OURS } from './who.mjs';

const EACH = 4;
const TIMEOUT = 2_000;
const MARGIN = 15;

export default {
  id: 'S7',
  title: '4 refused endpoints and 4 blackholes, 2 s timeout',
  about:
    'When the call ends, and how many single errors it tells of. All subjects of a round wait at the same time.',
  columns: [
    { case: 'all', metric: 'ms', head: 'ends after, ms' },
    { case: 'all', metric: 'errors', head: 'errors told' },
  ],
  expected: 'ETIMEDOUT',
  plots: [],
  measure: (setup) =>
    inTurn(setup, {
      groups: [ALL],
      cases: ['all'],
      planOf: () => ({
        endpoints: [...endpoints('refused', EACH), ...endpoints('blackhole', EACH)],
        timeout: TIMEOUT,
        cap: 4_000,
      }),
      read: ({ calls: [{ ms, errors }] }) => ({ ms, errors }),
    }),
  targets(rows) {
    return OURS.flatMap((id) => {
      const { ms, errors } = rowOf(rows, id, 'all').metrics;
      return [
        {
          subject: id,
          what: `${TIMEOUT.toLocaleString('en-US')} ms + ${MARGIN}`,
          measured: `${round(median(ms))} ms (${spread(ms)})`,
          isReached: most(ms) <= TIMEOUT + MARGIN && least(ms) >= TIMEOUT - 1,
        },
        {
          subject: id,
          what: `an error for each of the ${2 * EACH}`,
          measured: `${round(least(errors))}`,
          isReached: least(errors) === 2 * EACH,
        },
      ];
    });
  },
};

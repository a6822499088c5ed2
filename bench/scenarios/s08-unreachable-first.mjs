import { endpoints } from '../network/addresses.mjs';
import { median, ratios, round, spread } from '../report/statistics.mjs';
import { alone, inTurn, rowOf } from './in-turn.mjs';
import { firstAndWarm } from './s01-one-healthy.mjs';
import { ALL, OURS, WAITING } from './who.mjs';

const LISTS = {
  'healthy only': endpoints('healthy'),
  '4 unreachable first': [...endpoints('unreachable', 4), ...endpoints('healthy')],
};
const [ONE, FIVE] = Object.keys(LISTS);
const CALLS = 500;
/** What counts as the same cost: more than runs differ by on a quiet machine, and hardly. */
const SAME = 1.1;

export default {
  id: 'S8',
  title: '4 unreachable endpoints first, then a healthy one',
  about: `As S1, beside the healthy endpoint alone. "The cost of S1" is taken to be at most ${SAME} times as much.`,
  rounds: 15,
  columns: [ONE, FIVE].flatMap((name) => [
    { case: name, metric: 'first', head: `${name}, first call, µs` },
    { case: name, metric: 'warm', head: `${name}, warm, µs` },
  ]),
  plots: [],
  measure: (setup) =>
    inTurn(setup, {
      groups: [...alone(ALL.filter((id) => !WAITING.includes(id))), WAITING],
      cases: [ONE, FIVE],
      planOf: (name, id) => ({
        endpoints: LISTS[name],
        calls: WAITING.includes(id) ? 1 : CALLS,
      }),
      read: firstAndWarm,
    }),
  targets(rows) {
    return OURS.flatMap((id) =>
      ['first', 'warm'].map((metric) => {
        const alone = rowOf(rows, id, ONE).metrics[metric];
        const ratio = ratios(rowOf(rows, id, FIVE).metrics[metric], alone);
        return {
          subject: id,
          what: `the cost of S1, ${metric === 'first' ? 'first call' : 'warm'}`,
          measured: `${round(median(ratio))} × (run by run ${spread(ratio)})`,
          isReached: median(ratio) <= SAME,
        };
      }),
    );
  },
};

import { endpoints } from '../network/addresses.mjs';
import { median, round, spread } from '../report/statistics.mjs';
import { alone, inTurn, rowOf } from './in-turn.mjs';
import { firstAndWarm } from './s01-one-healthy.mjs';
import { ALL, OURS, WAITING } from './who.mjs';

const REFUSED = 16;
const CALLS = 250;
/** ms after which a subject is given up: curl waits for fourteen seconds. */
const CAP = 6_000;
/** µs that we may take longer than the reference. */
const TO_REACH = 2_000;

export default {
  id: 'S3',
  title: `${REFUSED} refused endpoints first, then a healthy one`,
  about: `As S1, with ${CALLS} calls. The npm packages and curl wait after a refusal too, so they make one call.`,
  columns: [
    { case: 'refused', metric: 'first', head: 'first call, µs' },
    { case: 'refused', metric: 'warm', head: 'warm, µs' },
  ],
  plots: [],
  measure: (setup) =>
    inTurn(setup, {
      // Those two wait, for seconds.
      groups: [...alone(ALL.filter((id) => !WAITING.includes(id))), WAITING],
      cases: ['refused'],
      planOf: (_, id) => ({
        endpoints: [...endpoints('refused', REFUSED), ...endpoints('healthy')],
        calls: WAITING.includes(id) ? 1 : CALLS,
        cap: CAP,
      }),
      read: firstAndWarm,
    }),
  targets(rows) {
    const reference = rowOf(rows, 'one-by-one', 'refused').metrics.warm;
    return OURS.map((id) => {
      const more = rowOf(rows, id, 'refused').metrics.warm.map((value, i) => value - reference[i]);
      return {
        subject: id,
        what: 'warm: within 2 ms of one by one in C',
        measured: `${round(median(more))} µs more (${spread(more)})`,
        isReached: median(more) <= TO_REACH,
      };
    });
  },
};

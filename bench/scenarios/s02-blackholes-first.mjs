import { endpoints } from '../network/addresses.mjs';
import { median, round, spread } from '../report/statistics.mjs';
import { inTurn, rowOf } from './in-turn.mjs';
import { ALL, OURS } from './who.mjs';

const COUNTS = [1, 4, 16];
/** s, for one family. */
const TO_REACH = { 1: 0.27, 4: 0.6, 16: 2.0 };
/** ms after which a subject is given up. */
const CAP = { 1: 2_000, 4: 3_000, 16: 6_000 };
/** Runs of one thing differ by as much. */
const SAME = 1.03;
/** "One round trip + 5 ms", in this network, where a round trip takes a fraction of a ms. */
const SECOND = 5;

/** Blackholes, and a healthy one behind them; with two families these take turns, IPv6 first. */
function listOf(name) {
  const count = parseInt(name, 10);
  if (casesOf(1).includes(name)) return [...endpoints('blackhole', count), ...endpoints('healthy')];
  const family = (i) => (i % 2 ? 4 : 6);
  const dead = Array.from({ length: count }, (_, i) => {
    return endpoints('blackhole', 1, { family: family(i), from: i })[0];
  });
  return [...dead, ...endpoints('healthy', 1, { family: family(count) })];
}

const casesOf = (families) =>
  COUNTS.map((count) => `${count} dead, ${families} ${families === 1 ? 'family' : 'families'}`);
const nameOf = (count, families) => casesOf(families)[COUNTS.indexOf(count)];

export default {
  id: 'S2',
  title: '1, 4 and 16 blackholes first, then a healthy endpoint',
  about:
    'The first call of a fresh process, in s; for connectByList also a second call to the same list, in ms. All subjects of a round wait at the same time. With two families the list has them in turn, IPv6 first, and the healthy endpoint is of the family whose turn it is.',
  columns: [1, 2].flatMap((families) =>
    COUNTS.map((count) => ({
      case: nameOf(count, families),
      metric: 'seconds',
      head: `${nameOf(count, families)}, s`,
    })),
  ),
  secondTable: {
    caption: 'The second call to the same list:',
    columns: [1, 2].flatMap((families) =>
      COUNTS.map((count) => ({
        case: nameOf(count, families),
        metric: 'second',
        head: `${nameOf(count, families)}, ms`,
      })),
    ),
  },
  plots: [1, 2].map((families) => ({
    file: `s02-blackholes-${families === 1 ? 'one-family' : 'two-families'}`,
    kind: 'bars',
    title: `Dead endpoints first, ${families === 1 ? 'one family' : 'two families'}: the time to connect`,
    axis: 's, median of the runs; "more than": it was given up',
    metric: 'seconds',
    cases: casesOf(families),
  })),
  measure: (setup) =>
    inTurn(setup, {
      groups: [ALL],
      cases: [...casesOf(1), ...casesOf(2)],
      planOf: (name, id) => ({
        endpoints: listOf(name),
        calls: OURS.includes(id) ? 2 : 1,
        cap: CAP[parseInt(name, 10)],
      }),
      read: ({ calls: [first, second] }) => ({
        seconds: first.ms / 1e3,
        ...(second && { second: second.ms }),
      }),
    }),
  targets(rows) {
    return OURS.flatMap((id) =>
      COUNTS.flatMap((count) => {
        const one = rowOf(rows, id, nameOf(count, 1)).metrics;
        const two = rowOf(rows, id, nameOf(count, 2)).metrics;
        const isNoSlower = median(two.seconds) <= SAME * median(one.seconds);
        const slowest = Math.max(median(one.second), median(two.second));
        return [
          {
            subject: id,
            what: `${count} dead, one family: ${TO_REACH[count]} s`,
            measured: `${round(median(one.seconds))} s (${spread(one.seconds)})`,
            isReached: median(one.seconds) <= TO_REACH[count],
          },
          {
            subject: id,
            what: `${count} dead, two families: no slower`,
            measured: `${round(median(two.seconds))} s (${spread(two.seconds)})`,
            isReached: isNoSlower,
          },
          {
            subject: id,
            what: `${count} dead, second call: one round trip + ${SECOND} ms`,
            measured: `${round(slowest)} ms`,
            isReached: slowest <= SECOND,
          },
        ];
      }),
    );
  },
};

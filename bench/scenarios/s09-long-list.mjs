import { address, endpoints, PORT } from '../network/addresses.mjs';
import { median, most, round, spread } from '../report/statistics.mjs';
import { alone, inTurn, rowOf } from './in-turn.mjs';
import { AUTO, ELSEWHERE, EYEBALLS, OURS } from './who.mjs';

const COUNTS = [1_000, 3_000, 10_000];
const CASES = COUNTS.map((count) => count.toLocaleString('en-US'));
const [SHORTEST, , LONGEST] = CASES;
/** From the shortest to the longest list it is ten times as much; so much more counts as linear still. */
const LINEAR = 1.2 * 10;
const HELD = 20;
const CAP = 3_000;
/** The longest list that we take, for us alone: with a healthy endpoint at its end, and without. */
const LONGEST_OF_ALL = ['100,000', '100,000, all refused'];
const HELD_BY_THE_LONGEST = 50;
const CAP_OF_THE_LONGEST = 60_000;
/** The block of addresses that refuse has a few more. */
const ADDRESSES = 16_000;

const longestList = (name) => {
  const list = Array.from({ length: 100_000 }, (_, i) => ({
    host: address('refused', i % ADDRESSES),
    port: PORT + Math.floor(i / ADDRESSES),
  }));
  return name === LONGEST_OF_ALL[0] ? [...list.slice(1), ...endpoints('healthy')] : list;
};
const listOf = (name) => {
  const count = COUNTS[CASES.indexOf(name)];
  return [...endpoints('refused', count - 1), ...endpoints('healthy')];
};

export default {
  id: 'S9',
  title: 'A list of 10,000 endpoints, the last one healthy, all others refused',
  about: `The first call of a fresh process. The npm packages would wait 300 ms for each: they are given up after ${CAP / 1e3} s, or fail before.`,
  columns: [
    ...CASES.map((name) => ({ case: name, metric: 'ms', head: `${name}, ms` })),
    { case: LONGEST, metric: 'rss', head: `${LONGEST}, extra RSS, MB` },
    { case: LONGEST, metric: 'held', head: `${LONGEST}, loop held, ms` },
    ...LONGEST_OF_ALL.map((name) => ({
      case: name,
      metric: 'held',
      head: `${name}, loop held, ms`,
    })),
  ],
  plots: [
    {
      file: 's09-long-list',
      kind: 'lines',
      title: 'All refused but the last: the time to connect by the length of the list',
      axis: 'ms (log)',
      xAxis: 'endpoints (log)',
      metric: 'ms',
      cases: CASES,
      x: COUNTS,
    },
  ],
  measure: (setup) =>
    inTurn(setup, {
      groups: [...alone([...OURS, ...AUTO, ...ELSEWHERE, 'one-by-one']), EYEBALLS],
      cases: [...CASES, ...LONGEST_OF_ALL],
      planOf: (name, id) => {
        if (LONGEST_OF_ALL.includes(name)) {
          if (!OURS.includes(id)) return undefined;
          return { endpoints: longestList(name), cap: CAP_OF_THE_LONGEST };
        }
        // They would wait for minutes whatever the length.
        if (EYEBALLS.includes(id) && name !== LONGEST) return undefined;
        return { endpoints: listOf(name), cap: CAP };
      },
      read: ({ calls: [{ ms }], totals }) => ({
        ms,
        ...(totals.rssBytes !== undefined && { rss: totals.rssBytes / 1e6 }),
        ...(totals.loopMaxMs !== undefined && { held: totals.loopMaxMs }),
      }),
    }),
  targets(rows) {
    return OURS.flatMap((id) => {
      const long = rowOf(rows, id, LONGEST).metrics;
      const short = rowOf(rows, id, SHORTEST).metrics;
      const growth = (metric) => median(long[metric]) / median(short[metric]);
      return [
        {
          subject: id,
          what: `time linear: 10 × the endpoints, at most ${LINEAR} × the time`,
          measured: `${round(growth('ms'))} × (${round(median(long.ms))} ms for ${LONGEST})`,
          isReached: growth('ms') <= LINEAR,
        },
        {
          subject: id,
          what: `memory linear: at most ${LINEAR} × the memory`,
          measured: `${round(growth('rss'))} × (${round(median(long.rss))} MB for ${LONGEST})`,
          isReached: growth('rss') <= LINEAR,
        },
        {
          subject: id,
          what: `the loop never held for more than ${HELD} ms`,
          measured: `${round(median(long.held))} ms (${spread(long.held)})`,
          isReached: most(long.held) <= HELD,
        },
        ...LONGEST_OF_ALL.map((name) => {
          const { held } = rowOf(rows, id, name).metrics;
          return {
            subject: id,
            what: `${name}: the loop never held for more than ${HELD_BY_THE_LONGEST} ms`,
            measured: `${round(median(held))} ms (${spread(held)})`,
            isReached: most(held) <= HELD_BY_THE_LONGEST,
          };
        }),
      ];
    });
  },
};

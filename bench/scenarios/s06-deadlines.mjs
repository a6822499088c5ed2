import { endpoints } from '../network/addresses.mjs';
import { median, most, round, spread } from '../report/statistics.mjs';
import { alone, inTurn, rowOf } from './in-turn.mjs';
import { ELSEWHERE, OURS } from './who.mjs';

const CALLS = 1_000;
const TIMEOUT = 3_000;

const LIMITS = [
  { metric: 'late', most: 20, unit: 'ms', what: 'every deadline met within 20 ms' },
  { metric: 'rss', most: 20, unit: 'MB', what: 'extra RSS under 20 MB' },
  { metric: 'cpu', most: 500, unit: 'ms', what: 'CPU under 0.5 s' },
  { metric: 'p99', most: 10, unit: 'ms', what: 'loop delay p99 under 10 ms' },
];

export default {
  id: 'S6',
  title: '1,000 connects at once, 4 blackholes each, 3 s timeout',
  about:
    'How far from 3 s the last of the calls ended (below 0: before the deadline), by how much the memory grew, the CPU, and the delay of timers in the event loop (measured with one of 1 ms, whose own time is in it).',
  columns: [
    { case: 'all', metric: 'late', head: 'last call after the deadline, ms' },
    { case: 'all', metric: 'rss', head: 'extra RSS, MB' },
    { case: 'all', metric: 'cpu', head: 'CPU, ms' },
    { case: 'all', metric: 'p99', head: 'loop delay p99, ms' },
    { case: 'all', metric: 'held', head: 'longest loop delay, ms' },
  ],
  expected: 'ETIMEDOUT',
  plots: [],
  measure: (setup) =>
    inTurn(setup, {
      groups: alone([...OURS, 'auto-node', 'auto-node26', 'he-node', ...ELSEWHERE]),
      cases: ['all'],
      planOf: () => ({
        endpoints: endpoints('blackhole', 4),
        calls: CALLS,
        atOnce: CALLS,
        timeout: TIMEOUT,
        cap: 15_000,
      }),
      read: ({ calls, totals }) => ({
        late: most(calls.map(({ ms }) => ms)) - TIMEOUT,
        rss: totals.rssBytes / 1e6,
        cpu: totals.cpuMs,
        ...(totals.loopP99Ms !== undefined && { p99: totals.loopP99Ms, held: totals.loopMaxMs }),
      }),
    }),
  targets(rows) {
    return OURS.flatMap((id) => {
      const { metrics } = rowOf(rows, id, 'all');
      return LIMITS.map((limit) => ({
        subject: id,
        what: limit.what,
        measured: `${round(median(metrics[limit.metric]))} ${limit.unit} (${spread(metrics[limit.metric])})`,
        isReached: median(metrics[limit.metric]) < limit.most,
      }));
    });
  },
};

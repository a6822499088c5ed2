import fs from 'node:fs';

import { endpoints } from '../network/addresses.mjs';
import { median, most, round } from '../report/statistics.mjs';
import { alone, inTurn, rowOf } from './in-turn.mjs';
import { OURS } from './who.mjs';

const COUNTS = [1_000, 3_000, 10_000];
const CASES = COUNTS.map((count) => `${count.toLocaleString('en-US')} calls`);
const TIMEOUT = 1_000;
const LINEAR = 1.2 * 10;
const WHO = [...OURS, 'auto-node26', 'go'];

/** Where it ends: so many calls, and less of something than they need. */
const CALLS = 2_000;
const LIMITED = 1_000;
const LIMITS = {
  [`descriptors: ${CALLS} calls, ${LIMITED} descriptors`]: { descriptors: LIMITED },
  [`ports: ${CALLS} calls to one endpoint, ${LIMITED} local ports`]: { ports: LIMITED },
};
const PORT_RANGE = '/proc/sys/net/ipv4/ip_local_port_range';

export default {
  id: 'S10',
  title: '10,000 calls pending at once on one thread',
  about: `Each to one blackhole, with a timeout of ${TIMEOUT / 1e3} s. What all of them cost, and how long after its deadline the last ended.`,
  columns: CASES.flatMap((name) => [
    { case: name, metric: 'cpu', head: `${name}: CPU, ms` },
    { case: name, metric: 'rss', head: 'RSS, MB' },
    { case: name, metric: 'late', head: 'late, ms' },
  ]),
  expected: 'ETIMEDOUT',
  secondTable: {
    caption: 'The first limits, and how the calls ended there (connectByList):',
    columns: Object.keys(LIMITS).map((name) => ({ case: name, metric: 'ends', head: name })),
  },
  plots: [
    {
      file: 's10-pending',
      kind: 'lines',
      title: 'Calls pending at once: CPU for all of them',
      axis: 'ms (log)',
      xAxis: 'calls (log)',
      metric: 'cpu',
      cases: CASES,
      x: COUNTS,
    },
  ],
  async measure(setup) {
    const planFor = (calls, descriptors) => ({
      endpoints: endpoints('blackhole'),
      calls,
      atOnce: calls,
      timeout: TIMEOUT,
      descriptors,
    });
    const costs = await inTurn(setup, {
      groups: alone(WHO),
      cases: CASES,
      planOf: (name) => planFor(COUNTS[CASES.indexOf(name)]),
      read: ({ calls, totals }) => ({
        cpu: totals.cpuMs,
        rss: totals.rssBytes / 1e6,
        late: most(calls.map(({ ms }) => ms)) - TIMEOUT,
      }),
    });
    const limits = [];
    for (const [name, { descriptors, ports }] of Object.entries(LIMITS)) {
      const range = fs.readFileSync(PORT_RANGE, 'utf8');
      // Of this network namespace, which is the benchmark's own.
      if (ports) fs.writeFileSync(PORT_RANGE, `40000 ${40_000 + ports - 1}`);
      const scene = { groups: alone(['ours-node']), cases: [name], read: () => ({ ends: 0 }) };
      const planOf = () => planFor(CALLS, descriptors);
      limits.push(...(await inTurn({ ...setup, rounds: 1 }, { ...scene, planOf })));
      fs.writeFileSync(PORT_RANGE, range);
    }
    return [...costs, ...limits];
  },
  targets(rows) {
    return OURS.flatMap((id) => {
      const few = rowOf(rows, id, CASES[0]).metrics;
      const many = rowOf(rows, id, CASES.at(-1)).metrics;
      return ['cpu', 'rss'].map((metric) => {
        const growth = median(many[metric]) / median(few[metric]);
        return {
          subject: id,
          what: `${metric === 'cpu' ? 'CPU' : 'memory'} linear: 10 × the calls, at most ${LINEAR} × as much`,
          measured: `${round(growth)} × (${round(median(many[metric]))} ${metric === 'cpu' ? 'ms' : 'MB'})`,
          isReached: growth <= LINEAR,
        };
      });
    });
  },
};

import { fileURLToPath } from 'node:url';

import { endpoints } from '../network/addresses.mjs';
import { median, ratios, round, spread } from '../report/statistics.mjs';
import { alone, inTurn, rowOf } from './in-turn.mjs';
import { FLOORS, nodeOf } from './who.mjs';

const CALLS = 5_000;
const WARMING = 1_000;
const SUBJECT = fileURLToPath(new URL('../subjects/node/register.mjs', import.meta.url));
/** How many times the time of a connect without the line a connect with it may take. */
const TARGETS = { address: 1.02, name: 1.05 };
const WAYS = ['plain', 'register'];

/** The same Nodes, with another program. */
function programs(subjects) {
  const made = FLOORS.flatMap((floor) =>
    WAYS.flatMap((way) =>
      Object.keys(TARGETS).map((target) => {
        const { command, label } = subjects[floor];
        const version = label.split(', ').at(-1);
        const what = way === 'plain' ? 'net.connect' : 'net.connect under register';
        return [
          `${way}-${target}-${nodeOf(floor)}`,
          {
            label: `${what}, to ${target === 'name' ? 'a name' : 'an address'}, ${version}`,
            command: [command[0], SUBJECT, way, target],
          },
        ];
      }),
    ),
  );
  return Object.fromEntries(made);
}

export default {
  id: 'S13',
  title: 'What connect-by-list/register costs where it has nothing to do',
  about: `The median of ${CALLS - WARMING} calls, one after another, after ${WARMING} to warm up: to an address, and to a name that has one.`,
  // It takes so many to tell 2 %.
  rounds: 15,
  columns: [{ case: 'one', metric: 'warm', head: 'warm, µs' }],
  plots: [],
  measure: (setup) => {
    const subjects = programs(setup.subjects);
    return inTurn(
      { ...setup, subjects },
      {
        groups: alone(Object.keys(subjects)),
        cases: ['one'],
        planOf: () => ({ endpoints: endpoints('healthy'), calls: CALLS }),
        read: ({ calls }) => ({ warm: median(calls.slice(WARMING).map(({ ms }) => ms * 1e3)) }),
      },
    ).then((rows) => rows.map((row) => ({ ...row, label: subjects[row.subject].label })));
  },
  targets(rows) {
    return FLOORS.flatMap((floor) =>
      Object.entries(TARGETS).map(([target, most]) => {
        const warm = (way) => rowOf(rows, `${way}-${target}-${nodeOf(floor)}`, 'one').metrics.warm;
        const ratio = ratios(warm('register'), warm('plain'));
        return {
          subject: `register-${target}-${nodeOf(floor)}`,
          what: `to ${target === 'name' ? 'a name with one address' : 'an address'}: at most ${most} ×`,
          measured: `${round(median(ratio))} × (run by run ${spread(ratio)})`,
          isReached: median(ratio) <= most,
        };
      }),
    );
  },
};

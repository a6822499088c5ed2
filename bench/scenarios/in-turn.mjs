// Runs subjects in turn, as often as there are rounds, and collects what they say.

import { setTimeout as sleep } from 'node:timers/promises';

import { prepare } from '../subjects/session.mjs';

/** ms between the starts of two subjects that are measured at the same time. */
const APART = 50;
/** ms after which a run is given up where the plan does not say: it would be a defect of the benchmark. */
const CAP = 60_000;

/**
 * Each round has every subject once, with all cases; who begins, and with which, changes from round to round.
 *
 * @param groups who is measured, a list of groups of ids. A group of several is measured at the same time:
 *   that is for scenarios where everybody waits, and the machine has nothing to do. All of a group are ready
 *   before the first of them starts.
 * @param planOf (case, id) => the plan of a run, as session.mjs takes it; undefined where there is none.
 * @param read (run) => the figures of a run, by metric.
 * @returns a row for each subject and case: { subject, case, outcomes, metrics }.
 */
export async function inTurn({ subjects, rounds }, { groups, cases, planOf, read }) {
  const rows = new Map();
  for (let round = 0; round < rounds; round++) {
    for (const group of rotate(groups, round)) {
      // One right after the other: where cases are compared, the machine is the same.
      for (const name of rotate(cases, round)) {
        const ids = rotate(group, round).filter((id) => planOf(name, id));
        const runs = await together(ids.map((id) => [subjects[id], planOf(name, id)]));
        ids.forEach((id, i) => add(rows, id, name, runs[i], read));
      }
    }
  }
  return [...rows.values()];
}

async function together(entries) {
  const ready = await Promise.all(entries.map(([subject, plan]) => prepare(subject, plan)));
  const runs = [];
  for (const [i, go] of ready.entries()) {
    runs.push(go(entries[i][1].cap ?? CAP));
    if (ready.length > 1) await sleep(APART);
  }
  return Promise.all(runs);
}

function add(rows, subject, name, run, read) {
  const key = `${subject} ${name}`;
  const row = rows.get(key) ?? { subject, case: name, outcomes: [], metrics: {} };
  rows.set(key, row);
  row.outcomes.push(summary(run.calls));
  for (const [metric, value] of Object.entries(read(run))) (row.metrics[metric] ??= []).push(value);
}

/** How the calls of a run ended; where not all ended alike, how many did how. */
function summary(calls) {
  const counts = {};
  for (const { outcome } of calls) counts[outcome] = (counts[outcome] ?? 0) + 1;
  const kinds = Object.entries(counts);
  if (kinds.length === 1) return kinds[0][0];
  return kinds.map(([outcome, count]) => `${count} ${outcome}`).join(', ');
}

function rotate(list, by) {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

/** Each in a group of its own. */
export const alone = (ids) => ids.map((id) => [id]);

/** The row of a subject and a case. */
export function rowOf(rows, subject, name) {
  const row = rows.find((candidate) => candidate.subject === subject && candidate.case === name);
  if (!row) throw new Error(`No figures of ${subject} for ${name}`);
  return row;
}

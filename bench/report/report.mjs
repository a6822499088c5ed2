// Writes bench/RESULTS.md and bench/plots/ from the figures of the last runs.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import * as plots from './plots.mjs';
import { median, round, spread } from './statistics.mjs';

const RESULTS = fileURLToPath(new URL('../RESULTS.md', import.meta.url));
const PLOTS = fileURLToPath(new URL('../plots', import.meta.url));

/** @param folder where each scenario's figures are, as JSON. */
export function writeReport(scenarios, folder) {
  const made = scenarios.map((scenario) => ({ scenario, run: read(folder, scenario.id) }));
  const runs = made.flatMap(({ run }) => (run ? [run] : []));
  if (runs.length === 0) throw new Error('There are no figures yet: run "npm run bench" first');
  const text = [
    '# Results',
    '',
    'Written by `npm run bench`; [README.md](README.md) says what is measured and how.',
    '',
    ...machine(runs),
    '',
    ...overview(made),
    ...made.flatMap(section),
  ];
  fs.writeFileSync(RESULTS, `${text.join('\n').trimEnd()}\n`);
  fs.mkdirSync(PLOTS, { recursive: true });
  for (const { scenario, run } of made) {
    for (const plot of run ? scenario.plots : []) {
      const svg = plots[plot.kind](plot, run.figures, labelsOf(run));
      fs.writeFileSync(path.join(PLOTS, `${plot.file}.svg`), svg);
    }
  }
  console.log(
    `${path.relative(process.cwd(), RESULTS)}, and ${path.relative(process.cwd(), PLOTS)}/`,
  );
}

function read(folder, id) {
  const file = path.join(folder, `${id}.json`);
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : undefined;
}

const labelsOf = ({ labels, figures }) => ({
  ...labels,
  ...Object.fromEntries(figures.flatMap(({ subject, label }) => (label ? [[subject, label]] : []))),
});

function machine(runs) {
  const cpus = os.cpus();
  const { versions } = runs.at(-1);
  const dates = [...new Set(runs.map(({ date }) => date))].sort();
  const of = [
    ['when', dates.length === 1 ? dates[0] : `${dates[0]} to ${dates.at(-1)}`],
    ['machine', `${cpus.length} × ${cpus[0]?.model.trim()}, ${round(os.totalmem() / 2 ** 30)} GiB`],
    ['system', `${os.type()} ${os.release()}, ${os.arch()}`],
    ['load average', `${loadOf(runs)} when a scenario began; the benchmark's own is in it`],
    [
      'versions',
      Object.values(versions)
        .map((version) => version.replaceAll('|', '\\|'))
        .join('; '),
    ],
  ];
  const quick = runs.some((run) => run.quick)
    ? ['', '**Some of these figures are from a quick run (`--quick`): not for publication.**']
    : [];
  return ['| | |', '| --- | --- |', ...of.map((row) => `| ${row.join(' | ')} |`), ...quick];
}

const loadOf = (runs) => spread(runs.map(({ load }) => load));

/** Every target, in words. */
function overview(made) {
  const rows = made.flatMap(({ scenario, run }) => {
    if (!run) return [`| ${scenario.id} | | ${scenario.title} | **not measured** | |`];
    const labels = labelsOf(run);
    return scenario.targets(run.figures).map(({ subject, what, measured, isReached }) => {
      const node = labels[subject].split(', ').at(-1);
      return `| ${scenario.id} | ${node} | ${what} | ${measured} | ${isReached ? 'reached' : '**not reached**'} |`;
    });
  });
  return [
    '## Targets',
    '',
    '| | on | to reach | measured | |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ];
}

function section({ scenario, run }) {
  const head = [`## ${scenario.id}: ${scenario.title}`, '', scenario.about, ''];
  if (!run) return [...head, 'Not measured.', ''];
  const labels = labelsOf(run);
  const second = scenario.secondTable;
  return [
    ...head,
    `Medians of ${run.rounds} runs (lowest–highest).`,
    '',
    ...table(scenario, scenario.columns, run.figures, labels),
    '',
    ...(second
      ? [second.caption, '', ...table(scenario, second.columns, run.figures, labels), '']
      : []),
    ...scenario.plots.flatMap(({ file, title }) => [`![${title}](plots/${file}.svg)`, '']),
  ];
}

function table(scenario, columns, figures, labels) {
  const cellOf = (id, column) => {
    const row = figures.find(
      (candidate) => candidate.subject === id && candidate.case === column.case,
    );
    return row ? cell(row, column, scenario.expected ?? 'connected') : '';
  };
  const ids = [...new Set(figures.map(({ subject }) => subject))];
  const rows = ids
    .map((id) => [labels[id], ...columns.map((column) => cellOf(id, column))])
    .filter(([, ...cells]) => cells.some((text) => text !== ''));
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [
    line(['', ...columns.map(({ head }) => head)]),
    line(['---', ...columns.map(() => '---:')]),
    ...rows.map(line),
  ];
}

/** The figure, and how it ended where that is not how it should. */
function cell({ metrics, outcomes }, { metric }, expected) {
  const ends = [...new Set(outcomes)];
  if (metric === 'ends') return ends.join('; ');
  const values = metrics[metric];
  if (!values) return '';
  const odd = ends.filter((outcome) => outcome !== expected);
  if (odd.includes('still trying')) return `given up after ${round(median(values))}`;
  const note = odd.length > 0 ? `${odd.join('; ')}: ` : '';
  return `${note}${round(median(values))} (${spread(values)})`;
}

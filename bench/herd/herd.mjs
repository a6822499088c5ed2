// npm run bench -- herd: builds the simulation of the herd, runs it, and writes its figures into
// bench/thundering-herd.md, between the two marks there, and the plot.

import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

import { columns } from '../report/plots.mjs';
import { least, most, round } from '../report/statistics.mjs';
import { run } from '../run-command.mjs';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const TEXT = here('../thundering-herd.md');
const PLOT = here('../plots/thundering-herd.svg');
const [BEGIN, END] = ['<!-- figures -->', '<!-- end of figures -->'];

const WORLDS = {
  silent: 'The first half of the list is silent',
  refusing: 'The first half of the list refuses',
  healthy: 'All are healthy',
};
const DRAWN = ['as it is', 'policy shuffles'];

export async function simulateHerd(build) {
  fs.mkdirSync(build, { recursive: true });
  const source = here('../../src-native');
  const simulation = here('../../test/native');
  await run('g++', [
    ...['-std=c++17', '-O2', '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-I', source],
    ...['-I', simulation, '-o', `${build}/herd`, here('main.cc'), here('herd.cc')],
    `${simulation}/simulated_loop.cc`,
    ...['core/address.cc', 'core/race.cc', 'race/race_call.cc'].map((name) => `${source}/${name}`),
    ...['socket_ops.cc', 'linux/new_socket.cc', 'linux/share_local_port.cc'].map(
      (name) => `${source}/posix/${name}`,
    ),
  ]);
  const rows = (await run(`${build}/herd`, [])).split('\n').map((line) => JSON.parse(line));
  const figures = Object.entries(WORLDS).flatMap(([world, title]) => [
    `### ${title}`,
    '',
    ...table(rows.filter((row) => row.world === world)),
    '',
  ]);
  const text = fs.readFileSync(TEXT, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const [, after] = rest.split(END);
  fs.writeFileSync(TEXT, `${before}${BEGIN}\n\n${figures.join('\n')}\n${END}${after}`);
  fs.writeFileSync(PLOT, draw(rows));
}

function table(rows) {
  const range = (numbers) => {
    const ends = [least(numbers), most(numbers)].map((value) => round(value));
    return ends[0] === ends[1] ? ends[0] : `${ends[0]}–${ends[1]}`;
  };
  // The dead ones never win.
  const halves = ({ world, syns }) =>
    world === 'healthy'
      ? [[], syns]
      : [syns.slice(0, syns.length / 2), syns.slice(syns.length / 2)];
  const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
  const lines = rows.map((row) => {
    const [dead, alive] = halves(row);
    const won = row.won.slice(dead.length);
    return [
      row.setting === 'as it is'
        ? row.setting
        : `\`${row.setting}\``
            .replace(/`(policy \w+)`/, '$1')
            .replace(/`(policy \w+), (.*)`/, '$1, `$2`'),
      dead.length > 0 ? range(dead) : '–',
      range(alive),
      round(most(row.peak)),
      range(won),
      round(sum(row.wasted)),
      `${round(row.median / 1e3)} / ${round(row.p99 / 1e3)} / ${round(row.last / 1e3)}`,
      round(row.failed),
    ];
  });
  const head = [
    'options',
    'SYNs at a dead endpoint',
    'SYNs at a healthy one',
    'most in 0.1 s',
    'connections of a healthy one',
    'made in vain',
    'connected after, s (median / 99 % / last)',
    'never',
  ];
  return [head, head.map((_, i) => (i ? '---:' : '---')), ...lines].map(
    (cells) => `| ${cells.join(' | ')} |`,
  );
}

function draw(rows) {
  const series = DRAWN.map((setting) => ({
    name: setting,
    values: rows.find((row) => row.world === 'silent' && row.setting === setting).syns,
  }));
  return columns({
    title: 'SYNs that each endpoint gets from 100,000 clients; the first eight are silent',
    axis: 'SYNs, with those that TCP sends again',
    xAxis: 'endpoint, by its place in the list',
    series,
  });
}

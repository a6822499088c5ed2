// Draws the plots, as SVG that reads well on light and on dark ground: echarts draws the light one, and a
// style inside it turns the few colours that are not those of the data when the reader prefers dark.

import * as echarts from 'echarts';

import { least, median, most, round } from './statistics.mjs';

const INK = '#1f2328';
const FAINT = '#59636e';
const LINE = '#d1d9e0';
const DARK = { [INK]: '#f0f6fc', [FAINT]: '#9198a1', [LINE]: '#3d444d' };
/** Ours stands out; three cases of one thing are three shades. */
const OURS = ['#0969da', '#54a3f5', '#a6cdfb'];
const OTHERS = ['#8c959f', '#b1bac4', '#d3d9e0'];
/** Of what was given up. */
const PALE = '#eaeef2';
const DARK_OTHERS = {
  ...{ '#8c959f': '#9198a1', '#b1bac4': '#656c76', '#d3d9e0': '#474d55' },
  [PALE]: '#2d333b',
};
/** For lines, of which each is a subject: Okabe and Ito's colours, which the colour-blind can tell apart. */
const PALETTE = [
  '#0072b2',
  '#56b4e9',
  '#d55e00',
  '#e69f00',
  '#cc79a7',
  '#009e73',
  '#8c6bb1',
  '#999933',
  '#888888',
];
// Without quotes, which echarts would put into an attribute as they are.
const FONT = 'system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif';
const WIDTH = 860;
/** Of the names of the subjects, beside bars. */
const LABELS = 270;

const darkStyle = () => {
  const rules = Object.entries({ ...DARK, ...DARK_OTHERS }).map(
    ([light, dark]) => `[fill="${light}"]{fill:${dark}}[stroke="${light}"]{stroke:${dark}}`,
  );
  return `<style>@media (prefers-color-scheme:dark){${rules.join('')}}</style>`;
};

function draw(height, option) {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  chart.setOption({ animation: false, textStyle: { fontFamily: FONT, color: INK }, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg.replace(/^(<svg[^>]*>)/, `$1\n${darkStyle()}`)}\n`;
}

const titled = (plot) => ({
  title: {
    text: plot.title,
    subtext: plot.axis,
    left: 8,
    top: 4,
    textStyle: { color: INK, fontSize: 16, fontWeight: 600 },
    subtextStyle: { color: FAINT, fontSize: 12 },
  },
});

const axisStyle = {
  axisLabel: { color: INK, fontSize: 12 },
  axisLine: { show: true, lineStyle: { color: LINE } },
  axisTick: { show: false },
  splitLine: { show: true, lineStyle: { color: LINE } },
};

const isOurs = (id) => id.startsWith('ours');

/**
 * A bar for each subject and case, and a line from the lowest run to the highest. One that was given up has a pale
 * bar with an arrow, which reaches the edge.
 */
export function bars(plot, rows, labels) {
  const ids = [...new Set(rows.map(({ subject }) => subject))].filter((id) =>
    rows.some(
      (row) => row.subject === id && plot.cases.includes(row.case) && row.metrics[plot.metric],
    ),
  );
  const valueOf = (id, name) => {
    const row = rows.find((candidate) => candidate.subject === id && candidate.case === name);
    const values = row?.metrics[plot.metric];
    if (!values) return undefined;
    const hasConnected = row.outcomes.every((outcome) => outcome === 'connected');
    const isCapped = row.outcomes.includes('still trying');
    return {
      values,
      note: isCapped ? `more than ${round(median(values))} →` : 'failed',
      hasConnected,
      isCapped,
    };
  };
  const found = ids.flatMap((id) => plot.cases.map((name) => valueOf(id, name) ?? []).flat());
  const isOver = found.some(({ isCapped }) => isCapped);
  const longest = Math.max(
    ...found.filter((one) => one.hasConnected || one.isCapped).map(({ values }) => most(values)),
  );
  const edge = Math.ceil(longest * 1.05);
  const colour = (id, at) => (isOurs(id) ? OURS : OTHERS)[plot.cases.length === 1 ? 0 : at];
  const series = plot.cases.map((name, at) => ({
    name,
    type: 'bar',
    barGap: '10%',
    barCategoryGap: '30%',
    itemStyle: { color: OTHERS[plot.cases.length === 1 ? 0 : at], borderRadius: [0, 2, 2, 0] },
    data: ids.map((id) => {
      const found = valueOf(id, name);
      const value = found?.isCapped ? edge : found?.hasConnected ? median(found.values) : 0;
      const text = !found ? '' : found.hasConnected ? round(value) : found.note;
      return {
        value,
        itemStyle: { color: found?.isCapped ? PALE : colour(id, at) },
        label: {
          show: true,
          position: found?.isCapped ? 'insideRight' : 'right',
          distance: 6,
          formatter: text,
          color: INK,
          fontSize: 11,
        },
      };
    }),
  }));
  const spreads = {
    type: 'custom',
    silent: true,
    z: 5,
    data:
      plot.cases.length === 1 ? ids.map((id, i) => [i, ...ends(valueOf(id, plot.cases[0]))]) : [],
    renderItem(_, api) {
      const [from, to] = [1, 2].map((at) => api.coord([api.value(at), api.value(0)]));
      const line = { x1: from[0], y1: from[1] + 9, x2: to[0], y2: to[1] + 9 };
      return { type: 'line', shape: line, style: { stroke: FAINT, lineWidth: 1.5 } };
    },
  };
  const scale = plot.isLog ? { type: 'log', min: 1 } : { type: 'value', min: 0 };
  const perRow = plot.cases.length === 1 ? 30 : 16 * plot.cases.length + 12;
  const legend = plot.cases.length > 1;
  return draw(110 + (legend ? 24 : 0) + perRow * ids.length, {
    ...titled(plot),
    ...(legend && {
      legend: {
        top: 52,
        left: 8,
        itemWidth: 12,
        itemHeight: 12,
        itemGap: 20,
        textStyle: { color: INK },
      },
    }),
    grid: { left: LABELS, right: 90, top: legend ? 84 : 60, bottom: 32 },
    xAxis: { ...scale, ...axisStyle, axisLine: { show: false }, ...(isOver && { max: edge }) },
    yAxis: {
      type: 'category',
      inverse: true,
      data: ids.map((id) => labels[id]),
      ...axisStyle,
      splitLine: { show: false },
    },
    series: [...series, spreads],
  });
}

const ends = (found) => (found?.hasConnected ? [least(found.values), most(found.values)] : [0, 0]);

/** A line for each subject, over numbers, both axes logarithmic. */
export function lines(plot, rows, labels) {
  const ids = [...new Set(rows.map(({ subject }) => subject))];
  const series = ids.map((id) => ({
    name: labels[id],
    type: 'line',
    symbolSize: 6,
    lineStyle: { width: isOurs(id) ? 3 : 1.75 },
    data: plot.cases.flatMap((name, at) => {
      const row = rows.find((candidate) => candidate.subject === id && candidate.case === name);
      const values = row?.metrics[plot.metric];
      const isCapped = row?.outcomes.includes('still trying');
      return values && !isCapped ? [[plot.x[at], median(values)]] : [];
    }),
  }));
  const drawn = series.filter(({ data }) => data.length > 1);
  const log = { type: 'log', ...axisStyle, minorSplitLine: { show: false } };
  const format = { ...axisStyle.axisLabel, formatter: (value) => round(value) };
  return draw(440, {
    ...titled(plot),
    color: PALETTE,
    legend: {
      orient: 'vertical',
      left: WIDTH - 280,
      top: 60,
      itemWidth: 16,
      textStyle: { color: INK, fontSize: 12 },
    },
    grid: { left: 16, right: 300, top: 64, bottom: 40, containLabel: true },
    xAxis: {
      ...log,
      axisLabel: format,
      min: plot.x[0],
      max: plot.x.at(-1),
      name: plot.xAxis,
      nameLocation: 'middle',
      nameGap: 30,
      nameTextStyle: { color: FAINT },
    },
    yAxis: { ...log, axisLabel: format },
    series: drawn,
  });
}

/** Columns side by side for each place of a list. */
export function columns({ title, axis, xAxis, series }) {
  const [{ values }] = series;
  const colours = [OTHERS[0], OURS[0]];
  return draw(380, {
    ...titled({ title, axis }),
    legend: {
      top: 52,
      left: 8,
      itemWidth: 12,
      itemHeight: 12,
      itemGap: 20,
      textStyle: { color: INK },
    },
    grid: { left: 70, right: 24, top: 90, bottom: 48 },
    xAxis: {
      type: 'category',
      data: values.map((_, i) => i + 1),
      ...axisStyle,
      splitLine: { show: false },
      name: xAxis,
      nameLocation: 'middle',
      nameGap: 30,
      nameTextStyle: { color: FAINT },
    },
    yAxis: { type: 'value', ...axisStyle, axisLine: { show: false } },
    series: series.map((one, at) => ({
      name: one.name,
      type: 'bar',
      barGap: '10%',
      itemStyle: { color: colours[at], borderRadius: [2, 2, 0, 0] },
      data: one.values,
    })),
  });
}

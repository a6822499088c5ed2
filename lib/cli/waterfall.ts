// Draws attempts as bars over time, a line each, for a terminal.

import type { Report } from './report';
import { durationOf, notesOf, rowsOf, summaryOf, type ChartRow, type ChartState } from './rows';
import { formatMs, shorten, wrap } from './text';

export interface Paper {
  /** In columns. No line is longer. */
  readonly width: number;
  readonly isColoured: boolean;
}

/** The whole picture of a call that is over, with its totals. */
export function drawReport(report: Report, paper: Paper): string {
  const rows = rowsOf(report);
  const notes = notesOf(rows).flatMap((note) => wrap(note, paper.width, 2));
  const [result, totals] = summaryOf(report);
  const words = [...wrap(result, paper.width), ...wrap(totals, paper.width)];
  return [...drawWaterfall(rows, paper), ...notes, ...words].join('\n');
}

/** @param now what the time is while it goes on, in ms from the call. */
export function drawWaterfall(rows: readonly ChartRow[], paper: Paper, now = 0): string[] {
  const duration = durationOf(rows, now);
  const columns = layOut(rows, paper.width);
  const lines = rows.map((row) => drawRow(row, columns, duration));
  lines.push(drawRuler(columns, duration));
  return lines.map((line) => print(line, paper));
}

/** How many columns each part gets; 0 where there is no such part. */
interface Columns {
  endpoint: number;
  address: number;
  bar: number;
  time: number;
  status: number;
}

/** As few as still tell one from the other. */
const MIN_COLUMNS: Columns = { endpoint: 12, address: 9, bar: 8, time: 0, status: 9 };
/** A bar gets the rest of the line, and no more than shows something new. */
const MAX_BAR = 100;
/** Down to here the bar gives way to text; from here on, whichever part has the most to spare does. */
const PREFERRED_BAR = 20;
const GAP = 2;

function layOut(rows: readonly ChartRow[], width: number): Columns {
  const longest = (read: (row: ChartRow) => string): number =>
    rows.reduce((most, row) => Math.max(most, read(row).length), 0);
  const columns: Columns = {
    endpoint: longest(({ endpoint }) => endpoint),
    address: longest(({ address }) => address),
    bar: MAX_BAR,
    time: longest(({ time }) => time),
    status: longest(({ status }) => status),
  };
  for (let excess = widthOf(columns) - width; excess > 0; excess--) {
    const name = columns.bar > PREFERRED_BAR ? 'bar' : mostToSpare(columns);
    if (columns[name] <= MIN_COLUMNS[name]) break;
    columns[name]--;
  }
  return columns;
}

function mostToSpare(columns: Columns): keyof Columns {
  const names = ['bar', 'endpoint', 'address', 'status'] as const;
  return names.reduce((a, b) =>
    columns[b] - MIN_COLUMNS[b] > columns[a] - MIN_COLUMNS[a] ? b : a,
  );
}

function widthOf(columns: Columns): number {
  const used = Object.values(columns).filter((width: number) => width > 0) as number[];
  return used.reduce((sum, width) => sum + width + GAP, -GAP);
}

/** A piece of a line, and how it looks where there are colours. */
interface Piece {
  readonly text: string;
  readonly state?: ChartState;
}

const FILL: Record<ChartState, string> = {
  connected: '█',
  failed: '▒',
  timeout: '▒',
  lost: '░',
  running: '░',
  blocked: ' ',
  waiting: ' ',
  untried: ' ',
  untold: ' ',
};

function drawRow(row: ChartRow, columns: Columns, duration: number): Piece[] {
  const { state, span } = row;
  const at = (ms: number): number =>
    Math.min(columns.bar - 1, Math.floor((ms / duration) * columns.bar));
  const bar = span
    ? ' '.repeat(at(span.start)) + FILL[state].repeat(at(span.end) - at(span.start) + 1)
    : '';
  const cells: [Piece, number][] = [
    [{ text: shorten(row.endpoint, columns.endpoint).padEnd(columns.endpoint) }, columns.endpoint],
    [{ text: shorten(row.address, columns.address).padEnd(columns.address) }, columns.address],
    [{ text: bar.padEnd(columns.bar), state }, columns.bar],
    [{ text: row.time.padStart(columns.time) }, columns.time],
    [{ text: shorten(row.status, columns.status), state }, columns.status],
  ];
  const used = cells.filter(([, width]) => width > 0).map(([piece]) => piece);
  return used.flatMap((piece, i) => (i === 0 ? [piece] : [{ text: ' '.repeat(GAP) }, piece]));
}

function drawRuler({ endpoint, address, bar }: Columns, duration: number): Piece[] {
  const before = endpoint + GAP + (address > 0 ? address + GAP : 0);
  return [{ text: `${' '.repeat(before)}0${formatMs(duration).padStart(bar - 1)}` }];
}

/** SGR codes of ECMA-48: green, red, yellow, cyan, and faint. */
const COLOURS: Record<ChartState, number> = {
  connected: 32,
  failed: 31,
  timeout: 33,
  lost: 33,
  running: 36,
  blocked: 2,
  waiting: 2,
  untried: 2,
  untold: 2,
};

/** Where even the least does not fit, the line ends at the edge. */
function print(pieces: readonly Piece[], { width, isColoured }: Paper): string {
  let left = width;
  const line = pieces.map(({ text, state }) => {
    const visible = text.slice(0, Math.max(0, left));
    left -= text.length;
    return isColoured && state && visible.trim() !== ''
      ? `\x1b[${COLOURS[state]}m${visible}\x1b[0m`
      : visible;
  });
  return line.join('').trimEnd();
}

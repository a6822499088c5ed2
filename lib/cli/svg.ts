// The same picture as a file: one SVG with nothing outside of it, for light and dark surroundings, with a
// title and a description for those who do not see it.

import type { Report } from './report';
import { durationOf, notesOf, rowsOf, summaryOf, type ChartRow } from './rows';
import { formatMs, shorten, wrap } from './text';

const LINE = 24;
const MARGIN = 16;
const GAP = 16;
const BAR = 360;
/** A generous width of one character of the font below; fonts differ. */
const CHARACTER = 7.6;
const MAX_CHARACTERS = 44;

export function drawSvg(report: Report): string {
  const rows = rowsOf(report);
  const duration = durationOf(rows);
  const columns = layOut(rows);
  const [result, totals] = summaryOf(report);
  const words = [...notesOf(rows), result, totals].flatMap((text) =>
    wrap(text, Math.floor((columns.width - 2 * MARGIN) / CHARACTER), 2),
  );
  const axis = MARGIN + rows.length * LINE;
  const height = axis + LINE + words.length * LINE + MARGIN;
  const size = `width="${columns.width}" height="${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${columns.width} ${height}" role="img" aria-labelledby="title desc">
<title id="title">${escape(result)}</title>
<desc id="desc">${escape([...rows.map(describe), totals].join(' '))}</desc>
<style>${STYLE}</style>
<rect class="paper" width="100%" height="100%" rx="6"/>
${ticksOf(duration)
  .map((ms) => drawTick(ms, columns.bar + (ms / duration) * BAR, axis))
  .join('\n')}
${rows.map((row, i) => drawRow(row, MARGIN + i * LINE, columns, duration)).join('\n')}
${words.map((text, i) => drawText(MARGIN, axis + LINE * (i + 1), text)).join('\n')}
</svg>
`;
}

/** Where each part begins, in px. */
interface Columns {
  address: number;
  bar: number;
  time: number;
  status: number;
  width: number;
}

function layOut(rows: readonly ChartRow[]): Columns {
  const after = (x: number, read: (row: ChartRow) => string): number => {
    const characters = rows.reduce((most, row) => Math.max(most, cut(read(row)).length), 0);
    return characters === 0 ? x : x + Math.ceil(characters * CHARACTER) + GAP;
  };
  const address = after(MARGIN, ({ endpoint }) => endpoint);
  const bar = after(address, (row) => row.address);
  const time = after(bar + BAR + GAP, (row) => row.time);
  return { address, bar, time, status: time, width: after(time, ({ status }) => status) };
}

function drawRow(row: ChartRow, top: number, columns: Columns, duration: number): string {
  const { state, span } = row;
  const x = (ms: number): number => columns.bar + (ms / duration) * BAR;
  const left = span && x(span.start);
  // Even the shortest attempt is to be seen.
  const width = span && Math.max(2, x(span.end) - x(span.start));
  const bar = span
    ? `<rect class="bar" x="${round(left ?? 0)}" y="${top + 5}" width="${round(width ?? 0)}" height="14" rx="2"/>`
    : '';
  return [
    `<g class="${state}">`,
    drawText(MARGIN, top, cut(row.endpoint)),
    row.address && drawText(columns.address, top, cut(row.address)),
    bar,
    row.time && drawText(columns.time - GAP, top, row.time, 'end'),
    drawText(columns.status, top, cut(row.status), 'word'),
    '</g>',
  ].join('');
}

function drawTick(ms: number, x: number, bottom: number): string {
  const label = `<text x="${round(x)}" y="${bottom + 16}" class="tick">${ms === 0 ? '0' : `${ms} ms`}</text>`;
  return `<path class="grid" d="M${round(x)} ${MARGIN}V${bottom}"/>${label}`;
}

/** Round numbers, four or so of them. */
export function ticksOf(duration: number): number[] {
  const rough = duration / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const ticks: number[] = [];
  // Counted in steps, since adding fractions up makes 0.30000000000000004 of them.
  for (let i = 0; i * step <= duration; i++) ticks.push(Number((i * step).toPrecision(6)));
  return ticks;
}

function drawText(x: number, top: number, text: string, name = ''): string {
  return `<text x="${round(x)}" y="${top + 16}"${name && ` class="${name}"`} xml:space="preserve">${escape(text)}</text>`;
}

function describe({ endpoint, address, status, time, span }: ChartRow): string {
  const at = address && ` at ${address}`;
  const when = span ? `, from ${formatMs(span.start)}, took ${time}` : '';
  return `${endpoint}${at}: ${status}${when}.`;
}

function cut(text: string): string {
  return shorten(text, MAX_CHARACTERS);
}

function round(px: number): number {
  return Math.round(px * 10) / 10;
}

/** Rows hold printable characters only (text.ts), so these are all that mean something in XML. */
function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Text has a contrast of at least 4.5 to 1 with its paper, and bars of 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11). */
const STYLE = `
text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2328; }
.paper { fill: #ffffff; stroke: #d1d9e0; }
.grid { stroke: #d1d9e0; }
.tick { text-anchor: middle; fill: #59636e; }
.end { text-anchor: end; }
.connected .bar { fill: #1a7f37; } .connected .word { fill: #1a7f37; font-weight: bold; }
.failed .bar, .failed .word { fill: #c0202b; }
.timeout .bar, .timeout .word { fill: #8a5a00; }
.lost .bar, .lost .word { fill: #57606a; }
.blocked .word, .untried .word, .untold .word { fill: #59636e; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .paper { fill: #0d1117; stroke: #3d444d; }
  .grid { stroke: #3d444d; }
  .tick, .blocked .word, .untried .word, .untold .word { fill: #9198a1; }
  .connected .bar, .connected .word { fill: #3fb950; }
  .failed .bar, .failed .word { fill: #ff7b72; }
  .timeout .bar, .timeout .word { fill: #d8a02a; }
  .lost .bar, .lost .word { fill: #8b949e; }
}
`;

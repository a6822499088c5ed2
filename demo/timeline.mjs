// Draws attempts as bars over time, one line each.

const WIDTH = 48;
const MARKS = { connected: '█', failed: '▒', timeout: '▒', lost: '░' };

export function drawTimeline(attempts) {
  const total = Math.max(...attempts.map(({ end }) => end), 1);
  const column = (ms) => Math.min(WIDTH - 1, Math.floor((ms / total) * WIDTH));
  const names = attempts.map(({ host, port }) => `${host} port ${port}`);
  const widest = Math.max(...names.map(({ length }) => length));
  const lines = attempts.map(({ start, end, outcome, code }, i) => {
    const [from, to] = [column(start), column(end)];
    const bar = ' '.repeat(from) + MARKS[outcome].repeat(to - from + 1);
    const times = `${start.toFixed(1)} to ${end.toFixed(1)} ms`;
    return `  ${names[i].padEnd(widest)} |${bar.padEnd(WIDTH)}| ${code ?? outcome}, ${times}`;
  });
  const ruler = `  ${' '.repeat(widest)}  0${`${total.toFixed(0)} ms`.padStart(WIDTH - 1)}`;
  return [...lines, ruler].join('\n');
}

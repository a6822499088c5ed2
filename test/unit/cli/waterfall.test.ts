import fc from 'fast-check';

import { attemptRow, restingRow, rowsOf, runningRow, type ChartRow } from '#dist/cli/rows';
import { drawReport, drawWaterfall } from '#dist/cli/waterfall';
import { address, attempt, connection, report } from '../../support/made-up';

const plain = { width: 80, isColoured: false };

const outcomes = fc.constantFrom('connected', 'failed', 'timeout', 'lost', 'blocked' as const);
const hosts = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.domain(),
  fc.stringMatching(/^[a-z-]{1,100}$/),
  fc.constantFrom('bücher.example', 'fe80::1%eth0', '例え.example'),
);
const times = fc.double({ min: 0, max: 100_000, noNaN: true });
const anyRow: fc.Arbitrary<ChartRow> = fc
  .record({
    host: hosts,
    port: fc.nat(65535),
    outcome: outcomes,
    start: times,
    took: times,
    kind: fc.constantFrom('ended', 'running', 'waiting'),
    hasAddress: fc.boolean(),
    code: fc.constantFrom('ECONNREFUSED', 'ERR_TLS_CERT_ALTNAME_INVALID', undefined),
  })
  .map(({ host, port, outcome, start, took, kind, hasAddress, code }) => {
    const remoteAddress = hasAddress
      ? address('2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff', port)
      : undefined;
    const made = attempt({ host, port, outcome, start, end: start + took, code, remoteAddress });
    if (kind === 'running') return runningRow(made, made.end);
    return kind === 'ended' ? attemptRow(made) : restingRow(`${host}:${port}`, 'waiting');
  });
const anyRows = fc.array(anyRow, { maxLength: 12 });
/** From where text gives way rather than being cut off at the edge. */
const widths = fc.integer({ min: 70, max: 300 });

test('no line is longer than the terminal is wide, however narrow, and each row has one', () => {
  fc.assert(
    fc.property(anyRows, fc.integer({ min: 1, max: 300 }), (rows, width) => {
      const lines = drawWaterfall(rows, { width, isColoured: false });
      expect(lines).toHaveLength(rows.length + 1);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    }),
  );
});

test('colours change nothing but colours', () => {
  fc.assert(
    fc.property(anyRows, fc.integer({ min: 1, max: 300 }), (rows, width) => {
      const coloured = drawWaterfall(rows, { width, isColoured: true });
      // eslint-disable-next-line no-control-regex -- the escape that begins a colour
      const bare = coloured.map((line) => line.replace(/\x1b\[\d+m/g, '').trimEnd());
      expect(bare).toEqual(drawWaterfall(rows, { width, isColoured: false }));
    }),
  );
});

test('every bar lies between the two ends of the ruler', () => {
  fc.assert(
    fc.property(anyRows, widths, (rows, width) => {
      const lines = drawWaterfall(rows, { width, isColoured: false });
      const ruler = lines.pop() as string;
      const [from, to] = [ruler.search(/\S/), ruler.length];
      lines.forEach((line, i) => {
        const bar = /[█▒░]+/.exec(line);
        expect(bar !== null).toBe(rows[i]?.span !== undefined);
        if (!bar) return;
        expect(bar.index).toBeGreaterThanOrEqual(from);
        expect(bar.index + bar[0].length).toBeLessThanOrEqual(to);
      });
    }),
  );
});

test('what starts later is drawn no further left, and what ends later no less far right', () => {
  fc.assert(
    fc.property(fc.array(anyRow, { minLength: 2, maxLength: 12 }), widths, (some, width) => {
      const rows = some.filter(({ span }) => span !== undefined);
      const lines = drawWaterfall(rows, { width, isColoured: false });
      const bars = rows.map(({ span }, i) => {
        const bar = /[█▒░]+/.exec(lines[i] as string) as RegExpExecArray;
        return {
          start: span?.start ?? 0,
          end: span?.end ?? 0,
          from: bar.index,
          to: bar.index + bar[0].length,
        };
      });
      for (const a of bars) {
        for (const b of bars) {
          if (a.start <= b.start) expect(a.from).toBeLessThanOrEqual(b.from);
          if (a.end <= b.end) expect(a.to).toBeLessThanOrEqual(b.to);
        }
      }
    }),
  );
});

test('where there is room, nothing is shortened', () => {
  const host = `${'very-'.repeat(10)}long.example`;
  const rows = rowsOf(report([attempt({ host, code: 'ERR_TLS_CERT_ALTNAME_INVALID' })]));
  const [line] = drawWaterfall(rows, { width: 200, isColoured: false });
  expect(line).toContain(`${host}:443  192.0.2.1`);
  expect(line).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
});

test('a long host name gives way, and its port and the outcome stay', () => {
  const host = `node-1.${'x'.repeat(100)}.example`;
  const rows = rowsOf(report([attempt({ host }), attempt({ host: 'b.example', port: 65535 })]));
  const [first, second] = drawWaterfall(rows, plain);
  expect(first).toMatch(/^node-1.*…mple:443 {2}192\.0\.2\.1 .*5\.0 ms {2}ECONNREFUSED$/);
  expect(second).toMatch(/^b\.example:65535 /);
});

test('the picture of a call: what was tried, what was not, and the totals', () => {
  const attempts = [
    attempt({ host: 'gone.example', remoteAddress: undefined, code: 'ENOTFOUND' }),
    attempt({ host: '192.0.2.9', outcome: 'blocked', code: 'ERR_IP_BLOCKED', start: 5 }),
    attempt({ start: 5, end: 10 }),
    attempt({ host: '192.0.2.2', outcome: 'lost', start: 10, end: 40 }),
    attempt({ host: 'node.example', outcome: 'connected', start: 30, end: 40 }),
  ];
  const endpoints = [
    'gone.example:443',
    '192.0.2.9:443',
    '192.0.2.1:443',
    '192.0.2.2:443',
    'node.example:443',
    '[2001:db8::1]:443',
  ];
  expect(drawReport(report(attempts, { endpoints, connection }), plain)).toBe(
    `
gone.example:443              ▒▒▒                     5.0 ms  ENOTFOUND (lookup)
192.0.2.9:443                                                 blocked
192.0.2.1:443                   ▒▒▒                   5.0 ms  ECONNREFUSED
192.0.2.2:443                     ░░░░░░░░░░░░░░░  > 30.0 ms  lost
node.example:443   192.0.2.1                █████    10.0 ms  connected
[2001:db8::1]:443                                             not tried
                              0           40.0 ms
Connected to 192.0.2.1:443 from 192.0.2.100:50000 after 40.0 ms, engine race.
6 endpoints, 3 attempts, 1 not resolved, 1 blocked, 1 not tried.
`.trim(),
  );
});

test('winsock does not tell what else it tried: nothing is said to be untried', () => {
  const won = attempt({ outcome: 'connected' });
  const made = report([won], {
    engine: 'winsock',
    connection,
    endpoints: ['192.0.2.2:1', '192.0.2.1:443'],
  });
  const drawn = drawReport(made, plain);
  expect(drawn).toMatch(/192\.0\.2\.2:1 +not told/);
  expect(drawn).not.toContain('not tried');
  expect(drawn.replace(/\s+/g, ' ')).toContain('2 endpoints. Winsock reports the winner');
});

test('what TLS had to say is below, whole, and cannot move the cursor', () => {
  const cause = new Error(`self-signed certificate of \x1b[2J${'a long name '.repeat(20)}`);
  const drawn = drawReport(
    report([attempt({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT', cause })]),
    plain,
  );
  expect(drawn.replace(/\s+/g, ' ')).toContain(
    `192.0.2.1:443: self-signed certificate of ?[2J${'a long name '.repeat(20)}`,
  );
  for (const line of drawn.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

import { readCommand, UsageError } from '#dist/cli/args';
import { HELP } from '#dist/cli/help';

test('without options: ten seconds, the race on every platform, and what the library has for the rest', () => {
  expect(readCommand(['a:1', '[::1]:2'])).toEqual({
    words: ['a:1', '[::1]:2'],
    file: undefined,
    options: { timeout: 10_000, engine: 'race' },
    json: false,
    svg: undefined,
    isQuiet: false,
    isInsecure: false,
    every: undefined,
    wait: undefined,
    program: [],
  });
});

test('each option says what it says, before the endpoints or behind them', () => {
  const options = ['--timeout=1.5', '--engine', 'race', '--attempt-delay', '10', '--tls', '--json'];
  const expected = {
    words: ['a:1'],
    file: undefined,
    options: { timeout: 1.5, engine: 'race', attemptDelay: 10, tls: {} },
    json: true,
    svg: 'out.svg',
    isQuiet: false,
    isInsecure: false,
    every: undefined,
    wait: undefined,
    program: [],
  };
  expect(readCommand([...options, '--svg', 'out.svg', 'a:1'])).toEqual(expected);
  expect(readCommand(['a:1', ...options, '--svg', 'out.svg'])).toEqual(expected);
});

test('Infinity is an attempt delay: one by one', () => {
  expect(readCommand(['--attempt-delay', 'Infinity', 'a:1'])).toMatchObject({
    options: { attemptDelay: Infinity },
  });
});

test('help and version need no endpoint', () => {
  for (const flag of ['--help', '-h']) expect(readCommand([flag])).toBe('help');
  for (const flag of ['--version', '-v']) expect(readCommand([flag])).toBe('version');
});

test.each([
  ['500ms', 500],
  ['5s', 5_000],
  ['1.5s', 1_500],
  ['2m', 120_000],
  ['2000', 2_000],
])('--timeout %s', (text, timeout) => {
  expect(readCommand(['--timeout', text, 'a:1'])).toMatchObject({ options: { timeout } });
});

test('-4, -6, -q, --insecure, --file, and short flags in one word', () => {
  expect(readCommand(['-4', 'a:1'])).toMatchObject({ options: { family: 4 } });
  expect(readCommand(['-6q', 'a:1'])).toMatchObject({ options: { family: 6 }, isQuiet: true });
  expect(readCommand(['-46', 'a:1'])).toMatchObject({ options: {} });
  expect(readCommand(['--tls', '--insecure', 'a:1'])).toMatchObject({
    options: { tls: { rejectUnauthorized: false } },
    isInsecure: true,
  });
  expect(readCommand(['--file', 'list.txt'])).toMatchObject({ words: [], file: 'list.txt' });
});

test('--all, --count, --interval, and --wait with a limit or without', () => {
  expect(readCommand(['--all', 'a:1'])).toMatchObject({ every: { count: 1, interval: 1_000 } });
  expect(readCommand(['--all', '--count', '5', '--interval', '200ms', 'a:1'])).toMatchObject({
    every: { count: 5, interval: 200 },
  });
  expect(readCommand(['--wait', 'a:1'])).toMatchObject({ wait: Infinity, words: ['a:1'] });
  expect(readCommand(['--wait=30s', 'a:1'])).toMatchObject({ wait: 30_000 });
  expect(readCommand(['--wait', '2m', 'a:1', '--', 'ls', '-l', '--all'])).toMatchObject({
    wait: 120_000,
    words: ['a:1'],
    program: ['ls', '-l', '--all'],
    every: undefined,
  });
});

test('the help fits a terminal of 24 lines and 80 columns', () => {
  const lines = HELP.trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(24);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
});

test.each([
  [[], /HOST:PORT/],
  [['--timeout', '0', 'a:1'], /--timeout must be a duration above 0, such as 500ms or 5s, not "0"/],
  [['--timeout', '1e3', 'a:1'], /--timeout .* "1e3"/],
  [['--timeout', '5h', 'a:1'], /--timeout .* "5h"/],
  [['--timeout', 'Infinity', 'a:1'], /--timeout .* "Infinity"/],
  [['--timeout', '9'.repeat(400), 'a:1'], /--timeout/],
  [['--timeout=-1', 'a:1'], /--timeout .* "-1"/],
  [['--timeout='], /--timeout needs a DURATION/],
  [['--timeout=', 'a:1'], /--timeout needs a DURATION/],
  [['--timeout'], /--timeout needs a DURATION/],
  [['--attempt-delay', '9.9', 'a:1'], /--attempt-delay .* at least 10 ms, or Infinity, not "9.9"/],
  [['--attempt-delay', 'x', 'a:1'], /--attempt-delay .* "x"/],
  [['--engine', 'fast', 'a:1'], /--engine must be race or winsock, not "fast"/],
  [['--engine', 'winsock', '--tls', 'a:1'], /--tls needs the engine race/],
  [['--order', 'best', 'a:1'], /--order must be rfc6724, given or shuffle, not "best"/],
  [['--order=given', '--engine=winsock', 'a:1'], /--order needs the engine race/],
  [['--svg', '', 'a:1'], /--svg needs a FILE/],
  [['--json=yes', 'a:1'], /--json takes no value, but got "yes"/],
  [['--insecure', 'a:1'], /--insecure needs --tls/],
  [['--count', '3', 'a:1'], /--count needs --all/],
  [['--all', '--count', '0', 'a:1'], /--count must be a number from 1 on, not "0"/],
  [['--all', '--svg', 'x.svg', 'a:1'], /--svg draws a race/],
  [['--wait=soon', 'a:1'], /--wait must be a duration above 0/],
  [['a:1', '--', 'ls'], /A command after -- needs --wait/],
  [['-t', 'a:1'], /^-t is not an option/],
  [['--nonsense', 'a:1'], /^--nonsense is not an option/],
])('%j is refused, and says why', (words, message) => {
  expect(() => readCommand(words)).toThrow(UsageError);
  expect(() => readCommand(words)).toThrow(message);
});

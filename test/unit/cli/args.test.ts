import { readCommand, UsageError } from '#dist/cli/args';

test('without options: ten seconds, the race on every platform, and what the library has for the rest', () => {
  expect(readCommand(['a:1', '[::1]:2'])).toEqual({
    endpoints: ['a:1', '[::1]:2'],
    options: { timeout: 10_000, engine: 'race' },
    json: false,
    svg: undefined,
  });
});

test('each option says what it says, before the endpoints or behind them', () => {
  const options = ['--timeout=1.5', '--engine', 'race', '--attempt-delay', '10', '--tls', '--json'];
  const expected = {
    endpoints: ['a:1'],
    options: { timeout: 1.5, engine: 'race', attemptDelay: 10, tls: {} },
    json: true,
    svg: 'out.svg',
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
  expect(readCommand(['--help'])).toBe('help');
  expect(readCommand(['--version'])).toBe('version');
});

test.each([
  [[], /HOST:PORT/],
  [['--timeout', '0', 'a:1'], /--timeout must be a number of ms above 0, not "0"/],
  [['--timeout', '1e3', 'a:1'], /--timeout .* "1e3"/],
  [['--timeout', '5s', 'a:1'], /--timeout .* "5s"/],
  [['--timeout', 'Infinity', 'a:1'], /--timeout .* "Infinity"/],
  [['--timeout', '9'.repeat(400), 'a:1'], /--timeout/],
  [['--timeout=-1', 'a:1'], /--timeout .* "-1"/],
  [['--timeout='], /HOST:PORT/],
  [['--timeout=', 'a:1'], /--timeout .* ""/],
  [['--timeout'], /--timeout/],
  [['--attempt-delay', '9.9', 'a:1'], /--attempt-delay .* at least 10, or Infinity, not "9.9"/],
  [['--attempt-delay', 'x', 'a:1'], /--attempt-delay .* "x"/],
  [['--engine', 'fast', 'a:1'], /--engine must be race or winsock, not "fast"/],
  [['--engine', 'winsock', '--tls', 'a:1'], /--tls needs the engine race/],
  [['--order', 'best', 'a:1'], /--order must be rfc6724, given or shuffle, not "best"/],
  [['--order=given', '--engine=winsock', 'a:1'], /--order needs the engine race/],
  [['--svg', '', 'a:1'], /--svg needs the name of a file/],
  [['--json=yes', 'a:1'], /--json/],
  [['--insecure', 'a:1'], /--insecure/],
  [['-t', 'a:1'], /-t/],
])('%j is refused, and says why', (words, message) => {
  expect(() => readCommand(words)).toThrow(UsageError);
  expect(() => readCommand(words)).toThrow(message);
});

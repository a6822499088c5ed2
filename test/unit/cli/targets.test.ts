import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

import { readCommand, UsageError, type Run } from '#dist/cli/args';
import { readTargets } from '#dist/cli/targets';

const targetsOf = (...words: string[]): Promise<unknown> => readTargets(readCommand(words) as Run);

/** A file with this in it, for as long as `use` takes. */
async function withFile<T>(content: string, use: (file: string) => Promise<T>): Promise<T> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-by-list-targets-'));
  try {
    const file = path.join(folder, 'list.txt');
    fs.writeFileSync(file, content);
    return await use(file);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

test('words are endpoints, several in one word where commas part them', async () => {
  expect(await targetsOf('a:1', 'b:2,[::1]:3,')).toEqual(['a:1', 'b:2', '[::1]:3']);
});

test('a file has one on each line, and comments', async () => {
  const content = '# the nodes\na:1\n\n  b:2 # the second\r\n[::1]:3, c:4\n';
  await withFile(content, async (file) => {
    const expected = ['a:1', 'b:2', '[::1]:3', 'c:4'];
    expect(await targetsOf('--file', file)).toEqual(expected);
    expect(await targetsOf('z:9', '--file', file)).toEqual(['z:9', ...expected]);
  });
});

const hasServices = process.platform === 'win32' || fs.existsSync('/etc/services');
(hasServices ? test : test.skip)('host:service has the port that the system knows', async () => {
  expect(await targetsOf('a.example:https', '[::1]:http')).toEqual(['a.example:443', '[::1]:80']);
});

test.each([
  [['192.0.2.1', '80'], 'A host and its port are one word: 192.0.2.1:80.'],
  [['::1', '80'], 'A host and its port are one word: [::1]:80.'],
  [['https://a.example/path'], 'A URL is not an endpoint: write a.example:https.'],
  [['postgres://user:secret@db.example:5432/shop'], 'write db.example:5432.'],
  [['a.example:no-such-service'], 'The system knows no TCP service "no-such-service"'],
  [['--file', '/no/such/file'], 'The list cannot be read: ENOENT'],
  [[','], 'the list is empty'],
])('%j is a mistake, with a word of advice', async (words, advice) => {
  const targets = targetsOf(...words);
  await expect(targets).rejects.toThrow(UsageError);
  await expect(targets).rejects.toThrow(advice);
  await expect(targets).rejects.not.toThrow('secret');
});

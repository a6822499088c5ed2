// docs/clients.md shows the lines that these tests run.

import * as fs from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '../..');

function read(file: string): string {
  return fs.readFileSync(path.join(ROOT, file), 'utf8');
}

/** Without what TypeScript wants, and however it is wrapped. */
function lineOfCode(code: string): string {
  return code.replace(/\boverride\b|\bas (string|number)\b/g, '').replace(/\s+/g, '');
}

/** What of a text's blocks of JavaScript uses the list: each is one statement at the block's margin. */
function statementsAboutNodes(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```js\n(.*?)^```$/gms)].map(
    ([, block]) => block as string,
  );
  const statements = blocks.flatMap((block) => block.split(/\n(?=[^\s})])/));
  return statements
    .filter((statement) => /\(nodes\b|\bconnectToGoodNode\b/.test(statement))
    .map((statement) => statement.replace(/^const \w+ = /, ''));
}

const markdown = read('docs/clients.md');
const statements = statementsAboutNodes(markdown);
const tested = lineOfCode(read('test/support/clients.ts'));

test('docs/clients.md has a line for every client', () => {
  const makers = [
    'ListAgent',
    'TlsListAgent',
    'Agent',
    'Pool',
    'createPool',
    'ListConnector',
    'MqttClient',
  ];
  for (const maker of makers) {
    expect(statements.some((statement) => statement.includes(maker))).toBe(true);
  }
});

test.each(statements)('%s', (statement) => {
  expect(tested).toContain(lineOfCode(statement));
});

test.each(['undici', 'ws', 'pg', 'mysql2', 'ioredis', 'mqtt'])(
  'the version of %s is the one tested',
  (name) => {
    const manifest = JSON.parse(read(`node_modules/${name}/package.json`)) as { version: string };
    const version = manifest.version.replace(/\.\d+$/, '');
    expect(markdown).toMatch(new RegExp(`^\\| ${name}\\b.*\\| ${version} `, 'm'));
  },
);

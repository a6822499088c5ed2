// docs/migration.md: its JavaScript is run, and what stands after does what stood before.

import * as fs from 'node:fs';
import * as http from 'node:http';
import * as path from 'node:path';

import { run } from '../support/child';
import { refusingPort } from '../support/ports';
import { serve, type TestServer } from '../support/servers';

const ROOT = path.join(__dirname, '../..');
const PAGE = path.join(ROOT, 'docs/migration.md');
const markdown = fs.readFileSync(PAGE, 'utf8');

const blocks = [...markdown.matchAll(/^```js\n(\/\/ (before|after).*?)^```$/gms)].map(
  ([, code, when]) => ({ code: code as string, when }),
);
/** Before, and all that may stand after. */
const pairs = blocks.flatMap((block, i) => {
  if (block.when !== 'before') return [];
  const next = blocks.findIndex(({ when }, j) => j > i && when === 'before');
  return [{ before: block.code, after: blocks.slice(i + 1, next < 0 ? undefined : next) }];
});

describe('the code', () => {
  let server: TestServer;
  let nodes: string[];
  // Within the package, so that it finds itself by its name.
  let folder: string;

  beforeAll(async () => {
    const web = http.createServer((_, response) => response.end());
    server = await serve('localhost', (socket) => web.emit('connection', socket));
    const alive = server.port;
    nodes = [`localhost:${await refusingPort('localhost')}`, `localhost:${alive}`];
    folder = fs.mkdtempSync(path.join(ROOT, 'build-test/migration-'));
  });
  afterAll(async () => {
    fs.rmSync(folder, { recursive: true });
    await server.close();
  });

  async function outputOf(code: string): Promise<string> {
    const given = `const nodes = ${JSON.stringify(nodes)}, port = ${server.port};`;
    const file = path.join(folder, 'block.mjs');
    fs.writeFileSync(file, `${given}\n${code}`);
    const { code: exitCode, stdout, stderr } = await run(process.execPath, [file]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).not.toBe('');
    return stdout;
  }

  test('it is there, before and after', () => {
    expect(pairs.length).toBe(3);
    expect(pairs.map(({ after }) => after.length)).toEqual([1, 1, 3]);
  });

  test.each(pairs.slice(0, 2))('after prints what before printed: $before', async (pair) => {
    const before = await outputOf(pair.before);
    for (const { code } of pair.after) expect(await outputOf(code)).toBe(before);
  });

  test('the agents answer as the patched one did, and what stands after C connects', async () => {
    const [, , { before, after } = { before: '', after: [] }] = pairs;
    const printed = await outputOf(before);
    const [name, list, afterC] = after.map(({ code }) => code);
    expect(printed).toBe('200\n');
    expect(await outputOf(name ?? '')).toBe(printed);
    expect(await outputOf(list ?? '')).toBe(printed);
    expect(await outputOf(afterC ?? '')).toBe(`connected to ${server.port}\n`);
  });
});

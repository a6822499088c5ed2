// The types, as a strict project of somebody else's sees them: in CommonJS and in ESM, for Node and for a
// bundler, with the package's own declarations checked too.

import * as fs from 'node:fs';
import * as path from 'node:path';

import { type App, makeApp, ROOT, run } from './app';

let app: App;
beforeAll(() => {
  app = makeApp();
  for (const extension of ['cts', 'mts']) {
    fs.copyFileSync(
      path.join(ROOT, 'test/package/types/consumer.ts'),
      path.join(app.folder, `consumer.${extension}`),
    );
  }
}, 300_000);
afterAll(() => {
  app.remove();
});

test.each(['node16', 'bundler'])(
  'moduleResolution %s takes them, from CommonJS and from ESM',
  (resolution) => {
    const ended = compile(resolution, 'consumer.cts', 'consumer.mts');
    expect(ended).toEqual({ status: 0, output: '' });
  },
  300_000,
);

/** The blocks of TypeScript of a page of docs/. */
const BLOCKS = fs.readdirSync(path.join(ROOT, 'docs')).flatMap((page) => {
  if (!page.endsWith('.md')) return [];
  const markdown = fs.readFileSync(path.join(ROOT, 'docs', page), 'utf8');
  const blocks = markdown.matchAll(/^```ts\n(.*?)^```$/gms);
  return [...blocks].map(([, code]) => ({ page, code: code as string }));
});

test('docs/attempts.md has a subscriber in TypeScript', () => {
  expect(BLOCKS.map(({ page }) => page)).toContain('attempts.md');
});

test.each(BLOCKS)(
  'the TypeScript of docs/$page compiles',
  ({ page, code }) => {
    const file = `${page}.mts`;
    fs.writeFileSync(path.join(app.folder, file), code);
    expect(compile('node16', file)).toEqual({ status: 0, output: '' });
  },
  300_000,
);

test('a use that is wrong is refused', () => {
  const wrong = "import { connectByList } from 'connect-by-list';\nvoid connectByList(5);\n";
  fs.writeFileSync(path.join(app.folder, 'wrong.mts'), wrong);
  const { status, output } = compile('node16', 'wrong.mts');
  expect(output).toContain('wrong.mts(2,20): error TS2345');
  expect(status).not.toBe(0);
}, 300_000);

function compile(
  resolution: string,
  ...files: string[]
): { status: number | null; output: string } {
  return run(app.folder, [
    ...[process.execPath, path.join(ROOT, 'node_modules/typescript/bin/tsc'), ...files],
    ...['--noEmit', '--strict', '--target', 'es2022', '--exactOptionalPropertyTypes'],
    ...['--noUncheckedIndexedAccess', '--skipLibCheck', 'false'],
    ...['--module', resolution === 'bundler' ? 'preserve' : resolution],
    ...['--moduleResolution', resolution],
    ...['--types', 'node', '--typeRoots', path.join(ROOT, 'node_modules/@types')],
  ]);
}

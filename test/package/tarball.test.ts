// What is in the tarball, how large it is, and what those say who check packages for a living.

import * as fs from 'node:fs';
import * as path from 'node:path';

import { type App, makeApp, ROOT, run } from './app';

let app: App;
beforeAll(() => {
  app = makeApp();
}, 300_000);
afterAll(() => {
  app.remove();
});

test('it is as large as the README says, and no larger', () => {
  const readme = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8');
  const [, packed, unpacked] =
    /The tarball is (\d+) kB, and (\d+) kB when it is unpacked/.exec(readme) ?? [];
  const { size, unpackedSize } = app.packed;
  for (const [bytes, said] of [
    [size, packed],
    [unpackedSize, unpacked],
  ] as const) {
    // The figure is a bound. One that was far above would say nothing.
    expect(bytes / 1000).toBeLessThanOrEqual(Number(said));
    expect(bytes / 1000).toBeGreaterThan(Number(said) * 0.85);
  }
});

test('it has what an install needs, and nothing of the tests and the tools', () => {
  const names = app.packed.files.map(({ path: name }) => name);
  const tops = new Set(names.map((name) => name.split('/')[0]));
  expect([...tops].sort()).toEqual(
    [
      ...['CHANGELOG.md', 'LICENSE', 'README.md', 'UPGRADING.md'],
      ...['dist', 'docs', 'package.json'],
      ...['prebuilds', 'src-native'],
    ].sort(),
  );
  expect(names).toEqual(expect.arrayContaining(['dist/index.js', 'dist/index.mjs']));
  expect(names.filter((name) => name.endsWith('.map'))).toEqual([]);
});

test('the pages that the README leads to are in it', () => {
  const readme = fs.readFileSync(path.join(app.installed, 'README.md'), 'utf8');
  const links = [...readme.matchAll(/\]\((docs\/[^)#]+)/g)].map(([, link]) => link as string);
  expect(links.length).toBeGreaterThan(5);
  const isThere = (link: string): boolean => fs.existsSync(path.join(app.installed, link));
  expect(links.filter((link) => !isThere(link))).toEqual([]);
});

test('no script runs when it is installed, and nothing asks for one', () => {
  const text = fs.readFileSync(path.join(app.installed, 'package.json'), 'utf8');
  const { scripts, gypfile, dependencies } = JSON.parse(text) as Record<string, object>;
  const ofInstall = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare'];
  expect(Object.keys(scripts ?? {}).filter((name) => ofInstall.includes(name))).toEqual([]);
  // npm, pnpm and Yarn take a binding.gyp at the top for a reason to build.
  expect(gypfile).toBe(false);
  expect(fs.existsSync(path.join(app.installed, 'binding.gyp'))).toBe(false);
  expect(Object.keys(dependencies ?? {})).toEqual(['node-gyp-build']);
});

test('publint has nothing to say', () => {
  const publint = path.join(ROOT, 'node_modules/publint/src/cli.js');
  const { status, output } = run(ROOT, [process.execPath, publint, 'run', app.tarball, '--strict']);
  expect(output).toContain('All good!');
  expect(status).toBe(0);
});

test('are the types wrong? They are not, for any way to resolve them', () => {
  const attw = path.join(ROOT, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  const { status, output } = run(ROOT, [process.execPath, attw, app.tarball, '--format', 'json']);
  expect(status).toBe(0);
  const { analysis } = JSON.parse(output) as { analysis: { problems: unknown[]; types: unknown } };
  expect(analysis.problems).toEqual([]);
  expect(analysis.types).toBeTruthy();
});

test('one identity: import and require give the same functions', () => {
  const program = `
    import { createRequire } from 'node:module';
    import * as esm from 'connect-by-list';
    const cjs = createRequire(import.meta.url)('connect-by-list');
    const names = Object.keys(cjs);
    console.log(names.length > 0 && names.every((name) => cjs[name] === esm[name]));`;
  const node = [process.execPath, '--input-type=module', '--eval', program];
  expect(run(app.folder, node)).toEqual({ status: 0, output: 'true\n' });
});

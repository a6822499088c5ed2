// No file of lib/ imports itself by way of others, types included. The linter keeps the arrows between rooms. And what a
// comment names is there.

import * as fs from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '../..');
const LIB = path.join(ROOT, 'lib');

/** Every file, with the files that it imports. */
function imports(): Map<string, string[]> {
  const files = fs
    .readdirSync(LIB, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.m?ts$/.test(name) && !name.endsWith('.d.ts'));
  return new Map(files.map((file) => [file, importsOf(file)]));
}

function importsOf(file: string): string[] {
  const text = fs.readFileSync(path.join(LIB, file), 'utf8');
  return [...text.matchAll(/(?:from |import\(|require\()'(\.[^']*)'/g)]
    .filter(([, name = '']) => !name.endsWith('.node'))
    .map(([, name = '']) => `${path.join(path.dirname(file), name.replace(/\.js$/, ''))}.ts`);
}

/** The first way from a file back to itself; empty where there is none. */
function cycleIn(graph: Map<string, string[]>): string[] {
  const done = new Set<string>();
  const visit = (file: string, way: string[]): string[] => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return [];
    done.add(file);
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next, [...way, file]);
      if (cycle.length > 0) return cycle;
    }
    return [];
  };
  for (const file of graph.keys()) {
    const cycle = visit(file, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

test('every import is read', () => {
  const graph = imports();
  expect(graph.get('index.ts')?.length).toBeGreaterThan(5);
  for (const name of [...graph.values()].flat()) {
    expect(fs.existsSync(path.join(LIB, name))).toBe(true);
  }
});

test('a cycle is found', () => {
  expect(
    cycleIn(
      new Map([
        ['a', ['b', 'c']],
        ['b', []],
        ['c', ['a']],
      ]),
    ),
  ).toEqual(['a', 'c', 'a']);
});

test('there is none', () => {
  expect(cycleIn(imports())).toEqual([]);
});

/** The files of these folders, by their paths in the repository. */
function filesOf(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    fs
      .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .filter((name) => /\.(m?ts|mjs|cc|h|md)$/.test(name) && !name.includes('node_modules/')),
  );
}

test('every file that a comment of the sources names is there', () => {
  const folders = ['bench', 'demo', 'docs', 'examples', 'lib', 'packaging', 'src-native', 'test'];
  const files = filesOf(...folders);
  const names = new Set(files.map((file) => path.posix.basename(file)));
  const missing: string[] = [];
  for (const file of filesOf('lib', 'src-native')) {
    const comments = fs
      .readFileSync(path.join(ROOT, file), 'utf8')
      .match(/(^|\s)(\/\/|\*|\/\*\*) .*/g);
    for (const [named] of comments?.join('\n').matchAll(/\w[\w/.-]*\.(m?ts|mjs|cc|md)\b/g) ?? []) {
      const isThere = named.includes('/')
        ? files.some((one) => one === named || one.endsWith(`/${named}`))
        : names.has(named);
      if (!isThere) missing.push(`${file} names ${named}`);
    }
  }
  expect(missing).toEqual([]);
});

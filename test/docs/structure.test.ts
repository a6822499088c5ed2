// No file of lib/ imports itself by way of others, types included. The linter keeps the arrows between rooms.

import * as fs from 'node:fs';
import * as path from 'node:path';

const LIB = path.join(__dirname, '../../lib');

/** Every file, with the files that it imports. */
function imports(): Map<string, string[]> {
  const files = fs
    .readdirSync(LIB, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.m?ts$/.test(name) && !name.endsWith('.d.ts'));
  return new Map(files.map((file) => [file, importsOf(file)]));
}

function importsOf(file: string): string[] {
  const text = fs.readFileSync(path.join(LIB, file), 'utf8');
  return [...text.matchAll(/(?:from |import\(|require\()'(\.[^']*)'/g)].map(
    ([, name = '']) => `${path.join(path.dirname(file), name.replace(/\.js$/, ''))}.ts`,
  );
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

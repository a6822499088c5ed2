// Numbers that cross the boundary have the same meaning on both sides.

import * as fs from 'node:fs';
import * as path from 'node:path';

import { AttemptOutcome, More, Verdict } from '#dist/native/addon';

const HEADER = path.join(__dirname, '../../src-native/core/race.h');
// Sources are not where the package is installed.
const describeSources = fs.existsSync(HEADER) ? describe : describe.skip;

/** The members of an enum class, by the names that TypeScript has for them. */
function membersOf(name: string): Record<string, number> {
  const source = fs.readFileSync(HEADER, 'utf8');
  const [, body = ''] = new RegExp(`enum class ${name} : [\\w:]+ \\{([^}]*)\\}`).exec(source) ?? [];
  const members = [...body.matchAll(/^\s*k(\w)(\w*) = (\d+),/gm)];
  return Object.fromEntries(
    members.map(([, first = '', rest = '', value]) => [first.toLowerCase() + rest, Number(value)]),
  );
}

describeSources('src-native/core/race.h and lib/native/addon.ts', () => {
  test.each([
    ['Outcome', AttemptOutcome],
    ['Verdict', Verdict],
    ['More', More],
  ])('%s', (name, inTypeScript) => {
    const members = membersOf(name);
    expect(Object.keys(members).length).toBeGreaterThan(2);
    expect(inTypeScript).toEqual(members);
  });
});

// docs/troubleshooting.md has every message of the sources, and none that is not in them.

import * as fs from 'node:fs';
import * as path from 'node:path';

import * as ts from 'typescript';

const ROOT = path.join(__dirname, '../..');

/** What a program says of itself that is no message of an error. */
const NO_MESSAGES = [
  // The picture, and the text of --help.
  'lib/cli/svg.ts',
  'lib/cli/help.ts',
  // A program.
  'lib/cli/build.ts: process.dlopen',
  ...[
    'race (default)',
    'overall time limit',
    'between two starts',
    'rfc6724 (default)',
    'an endpoint has',
  ].map((start) => `lib/options/options.ts: ${start}`),
  // What NODE_DEBUG prints.
  'lib/attempts/diagnostics.ts: connect to',
  'lib/attempts/diagnostics.ts: attempt at',
];

function read(file: string): string {
  return fs.readFileSync(path.join(ROOT, file), 'utf8');
}

function filesIn(folder: string, ending: string): string[] {
  return fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => path.posix.join(folder, file.replaceAll(path.sep, '/')));
}

function plain(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** The texts in a file, a template in its parts. */
function textsIn(file: string): string[] {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) texts.push(node.text);
    if (ts.isTemplateMiddleOrTemplateTail(node)) texts.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return texts.map(plain);
}

/** A text of three words or more is meant for a person; so is a code of Node's. */
function isMessage(text: string): boolean {
  return text.split(' ').length >= 3 || /^(ERR_[A-Z_]+|E[A-Z]{3,})$/.test(text);
}

const fromTypeScript = filesIn('lib', '.ts')
  // Its codes are Winsock's own table, which docs/windows.md leads to.
  .filter((file) => file !== 'lib/attempts/wsa-codes.ts')
  .flatMap((file) => textsIn(file).map((text) => [file, text] as const));
const fromCpp = filesIn('src-native', '.cc').flatMap((file) =>
  [...read(file).matchAll(/Error::New\(\s*\w+,\s*"([^"]+)"/g)].map(
    ([, text]) => [file, text as string] as const,
  ),
);
const messages = [...fromTypeScript, ...fromCpp]
  .filter(([, text]) => isMessage(text))
  .filter(([file, text]) => !NO_MESSAGES.some((start) => `${file}: ${text}`.startsWith(start)));

const markdown = read('docs/troubleshooting.md');
const page = plain(markdown);
/** What the page explains: the code that an entry of a list begins with, where it is a sentence. */
const explained = [...markdown.matchAll(/^ *- `([^`]*)`/gm)]
  .map(([, text]) => plain(text as string))
  .filter((text) => text.split(' ').length >= 3);

test('the sources have messages, in TypeScript and in C++', () => {
  expect(messages.length).toBeGreaterThan(60);
  expect(fromCpp.length).toBeGreaterThan(0);
});

test.each(messages)('%s: %s', (_, text) => {
  // Without the page in the report.
  expect(page.includes(text)).toBe(true);
});

test.each([...new Set(explained)])('the page: %s', (text) => {
  const parts = text.split('…').map((part) => part.trim());
  const isSaid = [...fromTypeScript, ...fromCpp]
    .map(([, said]) => said)
    .filter((said) => said.includes(' '))
    .some(
      (said) => text.includes(said) || parts.some((part) => part !== '' && said.includes(part)),
    );
  expect(isSaid).toBe(true);
});

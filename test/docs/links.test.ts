// Every relative link of every page leads to a file, and to a heading, that is there.

import * as fs from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '../..');

/** What has been installed or built is none of ours. */
const NOT_OURS = /^(node_modules|dist|build.*|coverage|\.git)$/;

function pagesIn(folder: string): string[] {
  return fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.test(entry.name) ? [] : pagesIn(name);
    return name.endsWith('.md') ? [name] : [];
  });
}

const pages = pagesIn('');

function read(page: string): string {
  return fs.readFileSync(path.join(ROOT, page), 'utf8').replace(/^```.*?^```$/gms, '');
}

/** The targets of its links and pictures that lead to no other site. */
function linksOf(page: string): string[] {
  const targets = [...read(page).matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)].map(
    ([, target]) => target as string,
  );
  return targets.filter((target) => !/^[a-z]+:/i.test(target));
}

/** What GitHub makes of a heading; the second one of a name gets a number. */
function anchorsOf(page: string): Set<string> {
  const markdown = read(page);
  const anchors = new Set(
    [...markdown.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id as string),
  );
  const counts = new Map<string, number>();
  for (const [, heading] of markdown.matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const text = (heading as string).replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = text.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
    const count = counts.get(anchor) ?? 0;
    counts.set(anchor, count + 1);
    anchors.add(count === 0 ? anchor : `${anchor}-${count}`);
  }
  return anchors;
}

const links = pages.flatMap((page) => linksOf(page).map((target) => [page, target] as const));

test('there are pages, and links between them', () => {
  expect(pages).toContain('README.md');
  expect(links.length).toBeGreaterThan(20);
});

test.each(links)('%s: %s', (page, target) => {
  const [file = '', anchor] = target.split('#');
  const linked = file === '' ? page : path.join(path.dirname(page), decodeURIComponent(file));
  expect(fs.existsSync(path.join(ROOT, linked)) ? linked : `no ${linked}`).toBe(linked);
  if (anchor === undefined) return;
  expect(anchorsOf(linked)).toContain(anchor);
});

test('every page of docs/ is one that the README leads to', () => {
  const toldOf = new Set(linksOf('README.md').map((target) => target.split('#')[0]));
  for (const page of pages.filter((name) => name.startsWith('docs/'))) {
    expect(toldOf).toContain(page);
  }
});

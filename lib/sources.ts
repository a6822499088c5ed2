// Where the system would connect from, for each destination: RFC 6724 leaves that to the system, and orders the
// destinations by it.

import type { Endpoint } from './endpoints';
import { addon } from './native';

/**
 * ms for which the system is not asked again: to ask takes as long as to connect. What is out of date by then
 * puts a destination into a worse place, and no more: all are tried, and the system chooses the source anew.
 */
const FRESH = 1_000;
/** How many answers are kept: a long list is asked about anew. */
const MOST_KEPT = 1_000;

let kept = new Map<string, string>();
let keptSince = 0;

/** The source by the address of its destination; '' where there is no way to it. */
export function sourcesOf(targets: readonly Endpoint[]): ReadonlyMap<string, string> {
  const now = performance.now();
  if (now - keptSince > FRESH || kept.size > MOST_KEPT) {
    kept = new Map();
    keptSince = now;
  }
  if (targets.length > MOST_KEPT) return ask(targets, new Map());
  return targets.every(({ address }) => kept.has(address)) ? kept : ask(targets, kept);
}

function ask(targets: readonly Endpoint[], answers: Map<string, string>): Map<string, string> {
  const addresses = Array.from(new Set(targets.map(({ address }) => address)));
  const sources = addon().sources(addresses.join('\n')).split('\n');
  addresses.forEach((address, i) => answers.set(address, sources[i] ?? ''));
  return answers;
}

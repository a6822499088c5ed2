// What is known of a destination: where the system would connect from, which RFC 6724 leaves to the system, and
// what the RFC's rules make of the two.

import type { Endpoint } from './endpoints';
import { addon } from './native';
import { rank } from './rfc6724';

export class Destination {
  private made: readonly number[] | undefined;

  /** @param source '' where there is no way to it. */
  constructor(
    readonly address: string,
    readonly source: string,
  ) {}

  /** For compareRanks(). Made when they are asked for first: a list with one that can be reached needs none. */
  get ranks(): readonly number[] {
    return this.made ?? this.rank();
  }

  /** Makes the ranks ahead, for a list whose sort would hold the event loop for it. */
  rank(): readonly number[] {
    const { address, source } = this;
    const candidate = { address, source: source === '' ? undefined : { address: source } };
    return (this.made ??= rank(candidate));
  }
}

/**
 * ms for which the system is not asked again: to ask takes as long as to connect. What is out of date by then
 * puts a destination into a worse place, and no more: all are tried, and the system chooses the source anew.
 */
const FRESH = 1_000;
/** How many are kept. A longer list is asked about each time. */
const MOST_KEPT = 1_000;

let kept = new Map<string, Destination>();
let keptSince = 0;

/** The destinations of these targets, by their addresses. */
export function destinationsOf(targets: readonly Endpoint[]): ReadonlyMap<string, Destination> {
  if (targets.length > MOST_KEPT) return ask(targets, new Map());
  const now = performance.now();
  if (now - keptSince > FRESH || kept.size > MOST_KEPT) {
    kept = new Map();
    keptSince = now;
  }
  for (const { address } of targets) if (!kept.has(address)) return ask(targets, kept);
  return kept;
}

function ask(
  targets: readonly Endpoint[],
  answers: Map<string, Destination>,
): Map<string, Destination> {
  const addresses = new Set<string>();
  for (const { address } of targets) addresses.add(address);
  const sources = addon().sources(Array.from(addresses).join('\n')).split('\n');
  let i = 0;
  for (const address of addresses) {
    answers.set(address, new Destination(address, sources[i++] ?? ''));
  }
  return answers;
}

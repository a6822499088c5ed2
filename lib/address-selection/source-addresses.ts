// What is known of a destination: where the system would connect from, which RFC 6724 leaves to the system, and
// what the RFC's rules make of the two.

import type { Endpoint } from '../endpoints/endpoints';
import { addon } from '../native/addon';
import { TtlCache } from '../util/ttl-cache';
import { flagsOf } from './address-flags';
import { policyTable } from './operator-order';
import { rank } from './rfc6724';

export class Destination {
  private made: readonly number[] | undefined;

  /** @param source '' where there is no route to it. */
  constructor(
    readonly address: string,
    readonly source: string,
  ) {}

  /** For compareRanks(). Made when they are asked for first: a list with one that can be reached needs none. */
  ranks(): readonly number[] {
    const { address, source } = this;
    return (this.made ??= rank(
      { address, source: source === '' ? undefined : { address: source, ...flagsOf(source) } },
      policyTable(),
    ));
  }
}

/** How many are kept. A longer list is asked about each time. */
const MAX_KEPT = 1_000;

/**
 * Asking costs as much as a connect. An answer that is out of date can only worsen the order: every destination is
 * still tried, and the system chooses the source again.
 */
const kept = new TtlCache(() => new Map<string, Destination>());

/** The destinations of these targets, by their addresses. */
export function destinationsOf(targets: readonly Endpoint[]): ReadonlyMap<string, Destination> {
  if (targets.length > MAX_KEPT) return ask(targets, new Map());
  const known = kept.get();
  if (known.size > MAX_KEPT) known.clear();
  for (const { address } of targets) if (!known.has(address)) return ask(targets, known);
  return known;
}

function ask(
  targets: readonly Endpoint[],
  answers: Map<string, Destination>,
): Map<string, Destination> {
  const addresses = new Set<string>();
  for (const { address } of targets) addresses.add(address);
  const sources = addon().sourceAddresses(Array.from(addresses).join('\n')).split('\n');
  let i = 0;
  for (const address of addresses) {
    answers.set(address, new Destination(address, sources[i++] ?? ''));
  }
  return answers;
}

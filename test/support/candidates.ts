// Destinations with the sources they have, for the tests of RFC 6724.

import {
  sortDestinations,
  type AddressWithSource,
  type Source,
} from '#dist/address-selection/rfc6724';

export const UNREACHABLE = undefined;

/** `to('192.0.2.1', '192.0.2.2')`: a destination and the source it has. */
export function to(
  address: string,
  source: string | undefined,
  more?: Partial<Source>,
): AddressWithSource {
  return { address, source: source === undefined ? undefined : { address: source, ...more } };
}

/** `best` comes first whichever way round the two are given. */
export function expectFirst(best: AddressWithSource, other: AddressWithSource): void {
  expect(sortDestinations([best, other])).toEqual([best, other]);
  expect(sortDestinations([other, best])).toEqual([best, other]);
}

/** The two stay as they are given: nothing tells them apart. */
export function expectTie(one: AddressWithSource, other: AddressWithSource): void {
  expect(sortDestinations([one, other])).toEqual([one, other]);
  expect(sortDestinations([other, one])).toEqual([other, one]);
}

export const home = { home: true };
export const careOf = { careOf: true };
export const deprecated = { deprecated: true };

// The order in which destinations are tried: RFC 6724 section 6, and RFC 8305 section 4 on top of it.
// Nothing here touches the network: which source address a destination has is the caller's to know.

import { commonPrefixLength, isIPv4, parseAddress } from '../endpoints/ip-address';
import {
  DEFAULT_TABLE,
  policyOf,
  scopeOf,
  type PolicyEntry,
  type PolicyTable,
} from './policy-table';

/** The local address that a connection to some destination would come from. */
export interface Source {
  address: string;
  /** Of the address's own family: 24 for 192.0.2.1/24, 64 for 2001:db8::1/64. */
  prefixLength?: number;
  /** RFC 4862 section 5.5.4. */
  deprecated?: boolean;
  /** A home address, a care-of address, or both: the host is mobile, and may be at home (RFC 6275). */
  home?: boolean;
  careOf?: boolean;
  /** What is sent from here goes through a tunnel, such as IPv6 in IPv4. */
  encapsulated?: boolean;
}

/** A destination with the source it has, which is undefined when nothing here can reach it. */
export interface AddressWithSource {
  address: string;
  source: Source | undefined;
}

/** What the rules ask of one address. */
interface Properties {
  readonly bits: Uint8Array;
  readonly scope: number;
  readonly policy: Pick<PolicyEntry, 'label' | 'precedence'>;
}

/** A candidate as the rules see it: D, Source(D) in the RFC's words, and what is known of both. */
interface RuleInput {
  readonly to: Properties;
  readonly from: Properties | undefined;
  readonly source: Source | undefined;
}

/**
 * The rules of section 6, in order. The RFC compares two destinations by each rule in turn. Here each rule maps a
 * destination to a number, and the smaller one goes first: that makes the order transitive, which comparing pairs
 * does not guarantee. Rules 4 and 9 of the RFC are not of this form; each says why it fits nonetheless.
 *
 * Without a source, only the rules about the destination itself tell two of them apart.
 */
const RULES: readonly ((destination: RuleInput) => number)[] = [
  function avoidUnusableDestinations({ source }) {
    return source ? 0 : 1;
  },
  function preferMatchingScope({ to, from }) {
    return from?.scope === to.scope ? 0 : 1;
  },
  function avoidDeprecatedAddresses({ source }) {
    return source?.deprecated === true ? 1 : 0;
  },
  // Rule 4. A home address that is a care-of address as well goes before any other, and one that is only
  // a home address before one that is only a care-of address. The RFC does not say where an address goes
  // that is neither: it would be equal to both of the last two, which are unequal. The rule is to prefer
  // home addresses, so it goes with those that are none. On a host that is not mobile, all are neither.
  function preferHomeAddresses({ source }) {
    if (source?.home !== true) return 2;
    return source.careOf === true ? 0 : 1;
  },
  function preferMatchingLabel({ to, from }) {
    return from?.policy.label === to.policy.label ? 0 : 1;
  },
  function preferHigherPrecedence({ to }) {
    return -to.policy.precedence;
  },
  function preferNativeTransport({ source }) {
    return source?.encapsulated === true ? 1 : 0;
  },
  function preferSmallerScope({ to }) {
    return to.scope;
  },
  // Rule 9 is for two of one family. The default policy table has told IPv4 from IPv6 by rule 6; with a table
  // where they tie, an IPv4 destination would have no place among those of IPv6: equal to each of them, which
  // are unequal. So the families are kept apart here.
  function keepFamiliesApart({ to }) {
    return isIPv4(to.bits) ? 1 : 0;
  },
  function useLongestMatchingPrefix({ to, from, source }) {
    if (!from || !source) return 128;
    return 128 - commonPrefixLength(from.bits, to.bits, prefixLimit(source, from.bits));
  },
  // Rule 10, leave the order unchanged, is what Array.prototype.sort does with equals.
];

/** The candidates in the order of RFC 6724 section 6, best first, as a new array. */
export function sortDestinations<T extends AddressWithSource>(candidates: readonly T[]): T[] {
  return candidates
    .map((candidate) => ({ candidate, ranks: rank(candidate) }))
    .sort((a, b) => compareRanks(a.ranks, b.ranks))
    .map(({ candidate }) => candidate);
}

/** What each of the rules says of a candidate: the part of the sort that looks at one alone. */
export function rank(candidate: AddressWithSource, table = DEFAULT_TABLE): readonly number[] {
  const destination = toRuleInput(candidate, table);
  return RULES.map((rule) => rule(destination));
}

/** The first rule that tells them apart decides. */
export function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (let rule = 0; rule < RULES.length; rule++) {
    const order = (a[rule] as number) - (b[rule] as number);
    if (order !== 0) return order;
  }
  return 0;
}

function toRuleInput({ address, source }: AddressWithSource, table: PolicyTable): RuleInput {
  return { to: read(address, table), from: source && read(source.address, table), source };
}

function read(address: string, table: PolicyTable): Properties {
  const bits = parseAddress(address);
  return { bits, scope: scopeOf(bits, table), policy: policyOf(bits, table) };
}

/**
 * How far a destination can match a source: "up to the length of S's prefix (i.e., the portion of the
 * address not including the interface ID)" (section 2.2), which makes CommonPrefixLen(fe80::1, fe80::2)
 * 64. A length that covers the whole address, as DHCPv6 and some clouds hand it out, is no such prefix.
 *
 * Where the prefix is not known, IPv6 has interface IDs of 64 bits (RFC 4291 section 2.5.1). IPv4 has
 * none, and every bit that is compared by chance undoes the order in which a name server spreads the
 * load: nothing is compared then, as rule 9 may be left out where it does not serve (section 6).
 */
function prefixLimit({ address, prefixLength }: Source, bits: Uint8Array): number {
  const own = address.includes(':') ? 128 : 32;
  if (prefixLength !== undefined && prefixLength < own) return 128 - own + prefixLength;
  return isIPv4(bits) ? 96 : 64;
}

/** How RFC 6724 sees an address: its scope (section 3), its label and its precedence (section 2.1). */
export function describeAddress(
  address: string,
  table = DEFAULT_TABLE,
): {
  scope: number;
  label: number;
  precedence: number;
} {
  const { scope, policy } = read(address, table);
  return { scope, label: policy.label, precedence: policy.precedence };
}

/**
 * The families in turn, as long as both last (RFC 8305 section 4, with a First Address Family Count of 1): where
 * one family does not work at all, it holds up every second attempt and not the whole list. Within a family the
 * order stays.
 *
 * @param first the family to begin with; without it, that of the best.
 */
export function alternateFamilies<T extends { address: string }>(
  sorted: readonly T[],
  first?: 4 | 6,
): T[] {
  const families = sorted.map(({ address }) =>
    !address.includes(':') || isMapped(address) ? 4 : 6,
  );
  const begins = first ?? families[0];
  const preferred = sorted.filter((_, index) => families[index] === begins);
  const other = sorted.filter((_, index) => families[index] !== begins);
  if (other.length === 0 || preferred.length === 0) return [...sorted];
  const alternated: T[] = [];
  for (let index = 0; alternated.length < sorted.length; index++) {
    alternated.push(...preferred.slice(index, index + 1), ...other.slice(index, index + 1));
  }
  return alternated;
}

function isMapped(address: string): boolean {
  return isIPv4(parseAddress(address));
}

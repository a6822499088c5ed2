// The policy table of RFC 6724 (section 2.1), and what it knows of a single address: its scope, its label and its
// precedence.

import { commonPrefixLength, isIPv4, isLoopback, parseAddress } from '../endpoints/ip-address';

/** The scopes that unicast addresses have, with the numbers of multicast scopes (section 3.1). */
export const Scope = { linkLocal: 0x2, siteLocal: 0x5, global: 0xe } as const;

/** A row of the policy table (section 2.1). */
export interface PolicyEntry {
  readonly prefix: string;
  readonly length: number;
  readonly precedence: number;
  readonly label: number;
}

/** The default policy table (section 2.1), in the RFC's own order. */
export const DEFAULT_POLICY: readonly PolicyEntry[] = [
  { prefix: '::1', length: 128, precedence: 50, label: 0 }, // Loopback.
  { prefix: '::', length: 0, precedence: 40, label: 1 }, // All that has no row of its own.
  { prefix: '::ffff:0:0', length: 96, precedence: 35, label: 4 }, // IPv4.
  { prefix: '2002::', length: 16, precedence: 30, label: 2 }, // 6to4.
  { prefix: '2001::', length: 32, precedence: 5, label: 5 }, // Teredo.
  { prefix: 'fc00::', length: 7, precedence: 3, label: 13 }, // Unique local.
  { prefix: '::', length: 96, precedence: 1, label: 3 }, // IPv4-compatible, deprecated.
  { prefix: 'fec0::', length: 10, precedence: 1, label: 11 }, // Site-local, deprecated.
  { prefix: '3ffe::', length: 16, precedence: 1, label: 12 }, // 6bone, returned.
];

/** A prefix, and the value of the addresses in it. An IPv4 prefix is an IPv4-mapped one. */
export interface PrefixValue {
  readonly bits: Uint8Array;
  /** 0 to 128. */
  readonly length: number;
  readonly value: number;
}

/** What a host's operator can set (gai.conf(5)). The longest prefix comes first in each. */
export interface PolicyTable {
  readonly labels: readonly PrefixValue[];
  readonly precedences: readonly PrefixValue[];
  /** The scopes of IPv4 addresses (section 3.2). */
  readonly scopesV4: readonly PrefixValue[];
}

/** Longest first, so that the first that matches is the one to take; of equals the first given. */
export function longestFirst(prefixes: readonly PrefixValue[]): PrefixValue[] {
  return [...prefixes].sort((a, b) => b.length - a.length);
}

function tableOf(name: 'label' | 'precedence'): PrefixValue[] {
  return longestFirst(
    DEFAULT_POLICY.map(({ prefix, length, [name]: value }) => {
      return { bits: parseAddress(prefix), length, value };
    }),
  );
}

/**
 * Private IPv4 addresses are of global scope too: what they reach goes through a NAT to everywhere (section 3.2).
 */
export const DEFAULT_TABLE: PolicyTable = {
  labels: tableOf('label'),
  precedences: tableOf('precedence'),
  scopesV4: longestFirst([
    { bits: parseAddress('127.0.0.0'), length: 96 + 8, value: Scope.linkLocal },
    { bits: parseAddress('169.254.0.0'), length: 96 + 16, value: Scope.linkLocal },
    { bits: parseAddress('0.0.0.0'), length: 96, value: Scope.global },
  ]),
};

/** The value of the longest prefix that the address has (section 2.1). Every list has one that matches all. */
function valueOf(bits: Uint8Array, prefixes: readonly PrefixValue[]): number {
  const row = prefixes.find((row) => commonPrefixLength(row.bits, bits, row.length) === row.length);
  return (row as PrefixValue).value;
}

export function policyOf(
  bits: Uint8Array,
  { labels, precedences }: PolicyTable,
): Pick<PolicyEntry, 'label' | 'precedence'> {
  return { label: valueOf(bits, labels), precedence: valueOf(bits, precedences) };
}

/** Section 3.1 for IPv6, section 3.2 for IPv4, section 3.4 for the loopback address. */
export function scopeOf(bits: Uint8Array, { scopesV4 }: PolicyTable): number {
  const [first = 0, second = 0] = bits;
  if (isIPv4(bits)) return valueOf(bits, scopesV4);
  if (first === 0xff) return second & 0x0f; // A multicast address says its scope itself.
  if (first === 0xfe && (second & 0xc0) === 0x80) return Scope.linkLocal;
  if (first === 0xfe && (second & 0xc0) === 0xc0) return Scope.siteLocal;
  return isLoopback(bits) ? Scope.linkLocal : Scope.global;
}

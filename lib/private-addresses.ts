// privateAddresses(): what a guard against forged requests forbids.

import { BlockList } from 'node:net';

/**
 * IANA's IPv4 Special-Purpose Address Registry (iana.org/assignments/iana-ipv4-special-registry; RFC 6890 and its
 * updates), and multicast (RFC 5771), which no TCP connection goes to.
 */
const IPV4 = [
  '0.0.0.0/8', // "This network", RFC 791; a connect to it reaches this host.
  '10.0.0.0/8', // Private-Use, RFC 1918.
  '100.64.0.0/10', // Shared Address Space of carrier-grade NAT, RFC 6598.
  '127.0.0.0/8', // Loopback, RFC 1122.
  '169.254.0.0/16', // Link Local, RFC 3927; clouds have their metadata there.
  '172.16.0.0/12', // Private-Use, RFC 1918.
  '192.0.0.0/24', // IETF Protocol Assignments, RFC 6890.
  '192.0.2.0/24', // Documentation, RFC 5737.
  '192.31.196.0/24', // AS112-v4, RFC 7535.
  '192.52.193.0/24', // AMT, RFC 7450.
  '192.88.99.0/24', // Deprecated 6to4 Relay Anycast, RFC 7526.
  '192.168.0.0/16', // Private-Use, RFC 1918.
  '192.175.48.0/24', // Direct Delegation AS112 Service, RFC 7534.
  '198.18.0.0/15', // Benchmarking, RFC 2544.
  '198.51.100.0/24', // Documentation, RFC 5737.
  '203.0.113.0/24', // Documentation, RFC 5737.
  '224.0.0.0/4', // Multicast, RFC 5771.
  '240.0.0.0/4', // Reserved, RFC 1112; and 255.255.255.255, Limited Broadcast, RFC 8190.
] as const;

/**
 * IANA's IPv6 Special-Purpose Address Registry (iana.org/assignments/iana-ipv6-special-registry). Of the two that
 * stand for all of IPv4, ::ffff:0:0/96 and 64:ff9b::/96, only what is special in IPv4 is here.
 */
const IPV6 = [
  '::/96', // Unspecified, loopback, and the deprecated IPv4-compatible addresses, RFC 4291.
  '64:ff9b:1::/48', // IPv4-IPv6 Translation for local use, RFC 8215.
  '100::/64', // Discard-Only, RFC 6666.
  '100:0:0:1::/64', // Dummy Prefix, RFC 9780.
  '2001::/23', // IETF Protocol Assignments, RFC 2928: Teredo, ORCHID and others.
  '2001:db8::/32', // Documentation, RFC 3849.
  '2002::/16', // 6to4, RFC 3056.
  '2620:4f:8000::/48', // Direct Delegation AS112 Service, RFC 7534.
  '3fff::/20', // Documentation, RFC 9637.
  '5f00::/16', // Segment Routing SIDs, RFC 9602.
  'fc00::/7', // Unique-Local, RFC 4193.
  'fe80::/10', // Link-Local Unicast, RFC 4291.
  'fec0::/10', // Deprecated Site-Local Unicast, RFC 3879.
  'ff00::/8', // Multicast, RFC 4291.
] as const;

/** Prefixes whose last 32 bits are an IPv4 address: IPv4-mapped (RFC 4291), NAT64 (RFC 6052). */
const WITH_IPV4_WITHIN = ['::ffff:', '64:ff9b::'] as const;

/**
 * All special-purpose addresses: private networks, loopback, link-local ones, those of documentation and so on, by
 * IANA's registries as of 2026, for the option `blockList`. What is left is the public Internet.
 *
 * @example
 * ```ts
 * await connectByList([{ host, port }], { blockList: privateAddresses() });
 * ```
 * @returns a new net.BlockList, to which more can be added.
 */
export function privateAddresses(): BlockList {
  const list = new BlockList();
  for (const range of IPV4) {
    const [network, length] = range.split('/') as [string, string];
    list.addSubnet(network, Number(length), 'ipv4');
    for (const prefix of WITH_IPV4_WITHIN) {
      list.addSubnet(`${prefix}${network}`, 96 + Number(length), 'ipv6');
    }
  }
  for (const range of IPV6) {
    const [network, length] = range.split('/') as [string, string];
    list.addSubnet(network, Number(length), 'ipv6');
  }
  return list;
}

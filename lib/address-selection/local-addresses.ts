// The other local addresses that a destination could be reached from. The system picks the best one by
// itself; the others are tried when every destination has had its best pair (C07), and made only then:
// ten thousand destinations times twenty addresses must not cost anything up front.

import * as net from 'node:net';
import * as os from 'node:os';

import { TtlCache } from '../util/ttl-cache';
import type { Candidate } from './pair-policy';
import { describeAddress } from './rfc6724';

/** A local address, with its zone where it has one. */
interface LocalAddress {
  readonly address: string;
  readonly text: string;
}

/** Round by round: the second source of each destination, then the third of each, and so on. */
export function* otherLocalAddresses(candidates: readonly Candidate[]): Generator<Candidate> {
  const local = latest.get();
  const others = candidates.map(({ target }) => local.thatFit(target.address));
  let most = 0;
  for (const { length } of others) most = Math.max(most, length);
  for (let round = 0; round < most; round++) {
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[i] as Candidate;
      const other = others[i]?.[round];
      // Skips the source address of the first attempt. Where that is unknown, skips none.
      if (other === undefined || other.address === candidate.source) continue;
      yield { ...candidate, localAddress: other.text, attemptDelay: 0 };
    }
  }
}

/**
 * Differs when the addresses of this host do: when a VPN comes up, when another network gives it another one. It
 * is at most a second old.
 */
export function fingerprintOfNetwork(): string {
  return latest.get().fingerprint;
}

/** The addresses of this host. */
class LocalAddresses {
  readonly fingerprint: string;
  private readonly groups: Map<string, LocalAddress[]>;
  private readonly known = new Map<string, readonly LocalAddress[]>();

  constructor() {
    const interfaces = listInterfaces();
    this.groups = groupLocalAddresses(interfaces);
    this.fingerprint = JSON.stringify(
      Object.entries(interfaces).map(([name, addresses = []]) => [
        name,
        addresses.map(({ cidr, mac }) => [cidr, mac]),
      ]),
    );
  }

  /** Those that a connection to the destination could come from. */
  thatFit(destination: string): readonly LocalAddress[] {
    const known = this.known.get(destination);
    if (known) return known;
    const found = this.groups.get(groupOf(destination)) ?? [];
    if (this.known.size < MAX_KNOWN) this.known.set(destination, found);
    return found;
  }
}

/** For how many destinations it is remembered what fits them: a long list needs it once. */
const MAX_KNOWN = 1_000;

const latest = new TtlCache(() => new LocalAddresses());

/** Local addresses by the destinations that they fit: the same family and scope, and loopback apart. */
function groupLocalAddresses(interfaces: Interfaces): Map<string, LocalAddress[]> {
  const groups = new Map<string, LocalAddress[]>();
  for (const [name, addresses = []] of Object.entries(interfaces)) {
    for (const { address, family, scopeid } of addresses) {
      // A link-local address is one of its interface; the others know no zone.
      const zone =
        family === 'IPv6' && scopeid ? `%${process.platform === 'win32' ? scopeid : name}` : '';
      const group = groupOf(address + zone);
      const list = groups.get(group) ?? [];
      list.push({ address, text: address + zone });
      groups.set(group, list);
    }
  }
  return groups;
}

/** Empty where the system does not list its interfaces. */
type Interfaces = ReturnType<typeof os.networkInterfaces>;

function listInterfaces(): Interfaces {
  try {
    return os.networkInterfaces();
  } catch {
    return {};
  }
}

function groupOf(text: string): string {
  const [address = text, zone = ''] = text.split('%', 2);
  const { scope } = describeAddress(address);
  const isLoopback = address === '::1' || (net.isIPv4(address) && address.startsWith('127.'));
  return `${net.isIP(address)} ${scope} ${isLoopback} ${zone}`;
}

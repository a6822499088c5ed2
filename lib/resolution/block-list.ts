// What a net.BlockList keeps us from connecting to. It is checked when names are resolved and addresses
// are in their plain form, and on the address that is then connected to: no second lookup can change it.

import type * as dns from 'node:dns';
import type * as net from 'node:net';

import type { Row } from '../attempts/attempt';
import { plainAddress, withoutZone, type Endpoint } from '../endpoints/endpoints';
import { isIPv4, parseAddress } from '../endpoints/ip-address';
import type { Lookup } from '../sockets/connect-through-node';

/** Node's own code for a connection that a block list forbids. */
const BLOCKED = 'ERR_IP_BLOCKED';

/**
 * The targets that may be tried, and a row for each of the others.
 *
 * @param now in ms from the call.
 */
export function splitBlocked(
  targets: readonly Endpoint[],
  blockList: net.BlockList,
  now: number,
): { allowed: Endpoint[]; blocked: Row[] } {
  const allowed: Endpoint[] = [];
  const blocked: Row[] = [];
  for (const target of targets) {
    if (isBlocked(target.address, blockList)) blocked.push(toRow(target, now));
    else allowed.push(target);
  }
  return { allowed, blocked };
}

/** Whether a connect to this address would reach one that is blocked. */
export function isBlocked(text: string, blockList: net.BlockList): boolean {
  const address = withoutZone(text);
  if (!address.includes(':')) return isForbidden(address, blockList);
  const family = 'ipv6';
  if (blockList.check(address, family)) return true;
  // A connect to :: reaches ::1.
  const bytes = parseAddress(address);
  if (bytes.every((byte) => byte === 0) && blockList.check('::1', family)) return true;
  return ipv4Within(bytes).some((inner) => isForbidden(inner, blockList));
}

/** A lookup for Node itself, which answers with the addresses that may be connected to. */
export function guard(lookup: Lookup, blockList: net.BlockList): Lookup {
  return (name, options, found) => {
    lookup(name, options, (error, answer, family) => {
      if (error) return found(error, answer, family);
      const all = Array.isArray(answer) ? (answer as dns.LookupAddress[]) : undefined;
      const allowed = all
        ? all.filter(({ address }) => !isBlocked(address, blockList))
        : [answer].filter((address) => !isBlocked(String(address), blockList));
      if (allowed.length > 0) return found(null, all ? allowed : answer, family);
      const message = `every address of ${name} is blocked by net.BlockList`;
      found(Object.assign(new Error(message), { code: BLOCKED }), all ? [] : '', family);
    });
  };
}

/** A connect to 0.0.0.0 reaches 127.0.0.1. */
function isForbidden(ipv4: string, blockList: net.BlockList): boolean {
  return (
    blockList.check(ipv4, 'ipv4') || (ipv4 === '0.0.0.0' && blockList.check('127.0.0.1', 'ipv4'))
  );
}

/**
 * The IPv4 addresses that a packet to this IPv6 address can end at: where it is an IPv4-mapped or
 * IPv4-compatible address (RFC 4291 section 2.5.5), one for a NAT64 (64:ff9b::/96, RFC 6052; or within
 * 64:ff9b:1::/48, RFC 8215, of which the last 32 bits are taken), 6to4 (2002::/16, RFC 3056), or ISATAP
 * (RFC 5214 section 6.1).
 */
function ipv4Within(bytes: Uint8Array): string[] {
  const at = (offset: number): string => bytes.subarray(offset, offset + 4).join('.');
  const startsWith = (...prefix: number[]): boolean => prefix.every((byte, i) => bytes[i] === byte);
  const zeros = (from: number, to: number): boolean =>
    bytes.subarray(from, to).every((b) => b === 0);

  const found: string[] = [];
  if (isIPv4(bytes) || zeros(0, 12)) found.push(at(12));
  if (startsWith(0x00, 0x64, 0xff, 0x9b) && (zeros(4, 12) || (bytes[4] === 0 && bytes[5] === 1))) {
    found.push(at(12));
  }
  if (startsWith(0x20, 0x02)) found.push(at(2));
  const [, , , , , , , , a, b, c, d] = bytes;
  if ((a === 0 || a === 2) && b === 0 && c === 0x5e && d === 0xfe) found.push(at(12));
  return found;
}

function toRow({ host, port, address }: Endpoint, now: number): Row {
  return {
    host,
    port,
    address: plainAddress(address),
    localAddress: '',
    localPort: 0,
    outcome: 'blocked',
    code: BLOCKED,
    cause: undefined,
    start: now,
    end: now,
  };
}

// An IP address as 16 bytes. An IPv4 address is the IPv4-mapped IPv6 address that stands for it, as the policy table
// of RFC 6724 has it (section 2.1).

import { invalidArgValue } from '../util/argument-errors';

/** Whether the address is in ::ffff:0:0/96, which is what IPv4 is here. */
export function isIPv4(bits: Uint8Array): boolean {
  return bits[10] === 0xff && bits[11] === 0xff && isZero(bits, 10);
}

/** Whether the address is ::1. */
export function isLoopback(bits: Uint8Array): boolean {
  return bits[15] === 1 && isZero(bits, 15);
}

function isZero(bits: Uint8Array, end: number): boolean {
  for (let at = 0; at < end; at++) if (bits[at] !== 0) return false;
  return true;
}

/** How many leading bits two addresses share, `limit` at most. */
export function commonPrefixLength(a: Uint8Array, b: Uint8Array, limit: number): number {
  for (let at = 0; at * 8 < limit; at++) {
    const difference = (a[at] as number) ^ (b[at] as number);
    // The first bit that differs ends it. clz32 counts in 32 bits, of which a byte is the last 8.
    if (difference !== 0) return Math.min(limit, at * 8 + Math.clz32(difference) - 24);
  }
  return limit;
}

/**
 * The 16 bytes of an address. A zone ('%eth0') has no bits: it names an interface of this host, not a part of the
 * address (RFC 4007 section 11). Throws where the text is not an address.
 */
export function parseAddress(address: string): Uint8Array {
  const bits = new Uint8Array(16);
  if (address.includes(':')) {
    const zone = address.indexOf('%');
    if (readIPv6(address, zone < 0 ? address.length : zone, bits)) return bits;
  } else if (readIPv4(address, 0, address.length, bits, 12)) {
    bits[10] = bits[11] = 0xff;
    return bits;
  }
  throw invalidArgValue('address', address, 'is not an IP address');
}

/**
 * The family of an IP address; 0 for what is none. As net.isIP(), whose regular expression for IPv6 takes longer to
 * compile than all the rest of a first connect, and which a list of a hundred thousand waits for.
 */
export function familyOf(text: string): 0 | 4 | 6 {
  if (!text.includes(':')) return readIPv4(text, 0, text.length, SCRATCH, 12) ? 4 : 0;
  const zone = text.indexOf('%');
  if (zone < 0) return readIPv6(text, text.length, SCRATCH) ? 6 : 0;
  return /^%[0-9a-zA-Z.:-]+$/.test(text.slice(zone)) && readIPv6(text, zone, SCRATCH) ? 6 : 0;
}

/** familyOf() discards the bytes that it parses into this. */
const SCRATCH = new Uint8Array(16);

/** Reads the groups of RFC 4291 section 2.2, in all three of its forms. Returns false for any other text. */
function readIPv6(text: string, end: number, bits: Uint8Array): boolean {
  let written = 0;
  let gap = -1; // Where the zeros of '::' belong.
  let at = 0;
  if (text.startsWith('::')) {
    gap = 0;
    at = 2;
  }
  while (at < end) {
    if (written === 16) return false;
    const start = at;
    let group = 0;
    for (let digit; at < end && (digit = hexDigit(text.charCodeAt(at))) >= 0; at++) {
      group = group * 16 + digit;
    }
    if (at < end && text[at] === '.') {
      if (written > 12 || !readIPv4(text, start, end, bits, written)) return false;
      written += 4;
      break;
    }
    if (at === start || at - start > 4) return false;
    bits[written++] = group >> 8;
    bits[written++] = group & 0xff;
    if (at === end) break;
    if (text[at++] !== ':' || at === end) return false;
    if (text[at] === ':') {
      if (gap >= 0) return false;
      gap = written;
      at++;
    }
  }
  if (gap < 0) return written === 16;
  const tail = 16 - (written - gap);
  bits.copyWithin(tail, gap, written).fill(0, gap, tail);
  return written < 16; // '::' is one group of zeros at least.
}

/** Four decimal numbers without leading zeros, which some readers would take for octal. */
function readIPv4(
  text: string,
  start: number,
  end: number,
  bits: Uint8Array,
  offset: number,
): boolean {
  let at = start;
  for (let part = 0; part < 4; part++) {
    if (part > 0 && text[at++] !== '.') return false;
    const first = at;
    let value = 0;
    for (let digit; at < end && (digit = hexDigit(text.charCodeAt(at))) >= 0 && digit < 10; at++) {
      value = value * 10 + digit;
    }
    const digits = at - first;
    if (digits < 1 || digits > 3 || value > 255 || (digits > 1 && text[first] === '0'))
      return false;
    bits[offset + part] = value;
  }
  return at === end;
}

/** The value of a hexadecimal digit, or -1. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

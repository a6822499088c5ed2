// From what the caller wrote to endpoints that can be tried: parse and validate. Nothing here touches
// the network; names are looked up in resolve.ts.

import * as net from 'node:net';

import type { Abortable } from '../util/abortable';
import { badPort, invalidArgType, invalidArgValue, outOfRange } from '../util/argument-errors';
import { inOneGo, inTurns, isLong, CHUNK, type Chunks } from '../util/chunks';
import { familyOf } from './ip-address';

/**
 * An endpoint, in any of four forms:
 * - an object with `host` (an address or a name) and `port` (0 to 65535), and where the list has them `priority` and
 *   `weight`, as in DNS SRV records (RFC 2782);
 * - a `net.SocketAddress`;
 * - what `server.address()` returns for a TCP server;
 * - a string: `'192.0.2.1:80'`, `'[2001:db8::1]:80'`, `'[fe80::1%eth0]:80'` or `'name.example:80'`.
 *   An IPv6 address stands in brackets (RFC 3986 section 3.2.2), because of its own colons.
 */
export type EndpointLike = HostAndPort | net.SocketAddress | net.AddressInfo | string;

/** An endpoint as an object. */
export interface HostAndPort {
  /** An IP address, or a name. */
  host: string;
  /** 0 to 65535. */
  port: number;
  /**
   * Endpoints with a lower number are tried first: one with a higher number is started when all of the lower ones
   * have been, and have failed or been silent for their delay. 0 to 65535. Defaults to 0.
   */
  priority?: number | undefined;
  /**
   * Among endpoints of one priority, how often this one comes first in proportion to the others (RFC 2782). 0 to
   * 65535; where all are 0, `order` decides. Defaults to 0.
   */
  weight?: number | undefined;
}

/** Several endpoints. A single one goes into an array: `['192.0.2.1:80']`. */
export type EndpointList = Iterable<EndpointLike> & object;

/** An endpoint as asked for, checked. */
export interface Endpoint {
  /** As the caller wrote it, without brackets. */
  readonly host: string;
  readonly port: number;
  /** 0 when `host` is a name, which has to be looked up. */
  readonly family: 0 | 4 | 6;
  /** The address to connect to; a name stands for itself. IPv4-mapped IPv6 is IPv4 here (C04). */
  readonly address: string;
  readonly priority: number;
  readonly weight: number;
}

/**
 * More than anyone means. A list that goes on for ever ends here, and so does one that somebody else
 * supplied.
 */
export const MAX_ENDPOINTS = 100_000;

/** An iterable of endpoints as an array. Throws what connectByList() documents for a bad list. */
export function readEndpoints(endpoints: unknown): Endpoint[] {
  return inOneGo(readInChunks(endpoints));
}

/** The same. A long array is gone through in turns of the event loop. */
export function readEndpointsInTurns(
  endpoints: unknown,
  signal: Abortable | undefined,
  isLate: () => boolean,
): Endpoint[] | Promise<Endpoint[]> {
  if (!Array.isArray(endpoints) || !isLong(endpoints.length)) return readEndpoints(endpoints);
  // Of a copy: what the caller does to the array meanwhile changes nothing. One that is too long is not copied.
  const chunks = readInChunks(endpoints.slice(0, MAX_ENDPOINTS + 1));
  // Past the deadline the rest is read at once, so that a bad endpoint is reported before the timeout.
  return inTurns(chunks, signal, isLate).then((list) => list ?? inOneGo(chunks));
}

function* readInChunks(endpoints: unknown): Chunks<Endpoint[]> {
  if (!isIterable(endpoints)) {
    const expected = "an iterable of endpoints, such as ['127.0.0.1:80', '[::1]:80']";
    throw invalidArgType('endpoints', expected, endpoints);
  }
  const list: Endpoint[] = [];
  for (const endpoint of endpoints) {
    if (list.length === MAX_ENDPOINTS) {
      throw outOfRange('endpoints.length', `<= ${MAX_ENDPOINTS}`, 'more');
    }
    list.push(readEndpoint(endpoint, list.length));
    if (list.length % CHUNK === 0) yield;
  }
  if (list.length === 0) {
    throw invalidArgValue('endpoints', list, 'is empty: there is nothing to connect to');
  }
  return list;
}

/** A text is iterable too, but it is no list. */
function isIterable(value: unknown): value is Iterable<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function'
  );
}

/** What an error calls the endpoint at this place of the list. */
function nameOf(index: number): string {
  return `endpoints[${index}]`;
}

function readEndpoint(endpoint: unknown, index: number): Endpoint {
  if (typeof endpoint === 'string') return splitHostPort(endpoint, index);
  if (typeof endpoint !== 'object' || endpoint === null) {
    throw invalidArgType(
      nameOf(index),
      'an object with host and port, a net.SocketAddress, or a string like "127.0.0.1:80"',
      endpoint,
    );
  }
  const {
    host: given,
    address,
    port,
    priority,
    weight,
  } = endpoint as Partial<Record<'host' | 'address' | 'port' | 'priority' | 'weight', unknown>>;
  // A net.SocketAddress and a net.AddressInfo have an address where the others have a host.
  const host = given === undefined && typeof address === 'string' ? address : given;
  if (typeof host !== 'string') {
    throw invalidArgType(`${nameOf(index)}.host`, 'of type string', host);
  }
  const read = toEndpoint(host, readPortOf(port, index), index);
  if (priority === undefined && weight === undefined) return read;
  return {
    ...read,
    priority: read16Bits(priority, 'priority', index),
    weight: read16Bits(weight, 'weight', index),
  };
}

function read16Bits(value: unknown, name: 'priority' | 'weight', index: number): number {
  if (value === undefined) return 0;
  if (typeof value !== 'number') {
    throw invalidArgType(`${nameOf(index)}.${name}`, 'of type number', value);
  }
  if (is16Bits(value)) return value;
  throw outOfRange(`${nameOf(index)}.${name}`, 'an integer from 0 to 65535', value);
}

/** 'host:port' in its two parts, the brackets of an IPv6 address taken off. */
function splitHostPort(text: string, index: number): Endpoint {
  const isBracketed = text.startsWith('[');
  const colon = isBracketed ? text.indexOf(']') + 1 : text.indexOf(':');
  const host = isBracketed ? text.slice(1, colon - 1) : text.slice(0, colon);
  const isUrl = text.startsWith('://', colon);
  const isSplit =
    !isUrl &&
    colon > 0 &&
    text[colon] === ':' &&
    !text.includes(':', colon + 1) &&
    !host.includes('[') &&
    !host.includes(']');
  if (!isSplit) {
    throw invalidArgValue(
      nameOf(index),
      // Of a URL all but the scheme can be a secret.
      isUrl ? `${text.slice(0, colon)}://…` : text,
      isUrl
        ? "looks like a URL: write 'host:port', such as 'db.example.com:5432'"
        : "must read 'host:port', with an IPv6 address in brackets: '[::1]:80'",
    );
  }
  if (isBracketed && familyOf(host) !== 6) {
    throw invalidArgValue(nameOf(index), text, 'has something in brackets that is no IPv6 address');
  }
  return toEndpoint(host, readPortOf(text.slice(colon + 1), index), index);
}

/**
 * A port as `net` takes it: a number or its digits, 0 to 65535.
 *
 * @param name what an error calls it.
 */
export function readPort(port: unknown, name: string): number {
  const number = toPort(port);
  if (number < 0) throw badPort(name, port);
  return number;
}

function readPortOf(port: unknown, index: number): number {
  const number = toPort(port);
  // The name only here: a long list would make a hundred thousand of them.
  if (number < 0) throw badPort(`${nameOf(index)}.port`, port);
  return number;
}

/** -1 for what is no port. */
function toPort(port: unknown): number {
  const number = typeof port === 'string' ? digitsOf(port) : port;
  return is16Bits(number) ? number : -1;
}

/** What a port, a priority or a weight can be. */
export function is16Bits(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65535;
}

/** The number that the digits say, as far as it can be a port; -1 for what is not all digits. */
function digitsOf(text: string): number {
  let number = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = Math.min(number * 10 + digit, 65536);
  }
  return text === '' ? -1 : number;
}

/** @param place where it is in the list; undefined where it is the only one asked for. */
export function toEndpoint(host: string, port: number, place: number | undefined): Endpoint {
  // A host this long cannot be an address: a zone has no maximum length.
  switch (host.length > MAX_HOST ? 0 : familyOf(host)) {
    case 4:
      return { host, port, family: 4, address: host, priority: 0, weight: 0 };
    case 6:
      return { host, port, ...unmapped(host), priority: 0, weight: 0 };
    default:
      checkName(host, place);
      return { host, port, family: 0, address: host, priority: 0, weight: 0 };
  }
}

/**
 * '::ffff:192.0.2.1', in any of its spellings, is the IPv4 address 192.0.2.1 (RFC 4291 section
 * 2.5.5.2): taken as such it also connects where the host has no IPv6.
 */
export function unmapped(address: string): { family: 4 | 6; address: string } {
  if (/^[0:]*:ffff:/i.test(address)) {
    // Node prints it in one form only, whatever form it came in. An IPv4 address has no zone.
    const plain = plainAddress(address);
    const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain);
    if (mapped?.[1] !== undefined) return { family: 4, address: mapped[1] };
  }
  return { family: 6, address };
}

/** RFC 1035 section 2.3.4. */
const MAX_HOST = 255;

/**
 * A name goes to `lookup` as it is. What no resolver can mean is refused here: nothing at all, blanks
 * and control characters, and the characters that only an address or a URL has.
 */
function checkName(host: string, place: number | undefined): void {
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  const isOdd = /[\u0000-\u0020\u007f:/?#@[\]\\%<>^|]/.test(host);
  if (host.length === 0 || host.length > MAX_HOST || isOdd) {
    const name = place === undefined ? 'host' : `${nameOf(place)}.host`;
    throw invalidArgValue(name, host, 'is neither an IP address nor a host name');
  }
}

/** 'host:port' as a person writes it. */
export function formatEndpoint({ host, port }: { host: string; port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The text that net.SocketAddress has for an address: without its zone ('%eth0'), and in one spelling. */
export function plainAddress(text: string): string {
  return text.includes(':') ? (toSocketAddress(text, 0) as net.SocketAddress).address : text;
}

/** Removes the zone ('%eth0') of a link-local address. */
export function withoutZone(text: string): string {
  const [address = text] = text.split('%', 1);
  return address;
}

/** The zone of an address, without its '%'; '' where it has none. */
export function zoneOf(text: string): string {
  return text.split('%', 2)[1] ?? '';
}

/** As a net.SocketAddress, which has no place for a zone ('%eth0'). */
export function toSocketAddress(
  text: string | undefined,
  port: number | undefined,
): net.SocketAddress | undefined {
  if (!text || port === undefined) return undefined;
  const address = withoutZone(text);
  return new net.SocketAddress({ address, port, family: address.includes(':') ? 'ipv6' : 'ipv4' });
}

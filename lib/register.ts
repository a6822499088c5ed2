// connect-by-list/register: from the import of this module on, every TCP connection of this thread to a host name is
// raced over all addresses of the name: those of net, tls, http, https, http2, the global fetch, and of every client
// that is built on them.

import * as net from 'node:net';

import { type EndpointList } from './endpoints/endpoints';
import { familyOf } from './endpoints/ip-address';
import { addon } from './native/addon';
import { ofType } from './options/checks';
import { checkObject, readOptions, type ConnectOptions, type Settings } from './options/options';
import { connectOver, type Connect } from './registered-connect';
import { isOfNode } from './sockets/connect-through-node';

/** The options of register(): how connections are raced, and where to. */
export interface RegisterOptions extends Pick<
  ConnectOptions,
  'attemptDelay' | 'attemptTimeout' | 'blockList' | 'history' | 'order'
> {
  /**
   * Maps a host, and the port that is asked for, to a list of endpoints that are connected to in its place; undefined
   * leaves it as it is. So `mysql://db.internal` becomes three nodes for a client that has no option for them.
   */
  hosts?: ((host: string, port: number) => EndpointList | undefined) | undefined;
}

const checkFunction = ofType('function');

let settings: Settings | undefined;
let hosts: RegisterOptions['hosts'];

/** A function of ours in place of net.Socket.prototype.connect, and what was there before it. */
interface Layer {
  readonly connect: Connect;
  readonly under: Connect;
}

/**
 * The lowest first. There is more than one where somebody has patched connect() since, or has put back what was there
 * before us, and register() was called again.
 */
const layers: Layer[] = [];

/**
 * Races every TCP connection of this thread to a host name over all of its addresses. Importing
 * 'connect-by-list/register' calls it without options. A second call replaces the options of the first.
 *
 * Sockets stay what Node documents: their events, their options, their timeouts. `autoSelectFamily: false` opts a
 * call out. Node itself connects to pipes and, unless `hosts` or `blockList` concerns them, to IP addresses and to
 * names with a single address.
 *
 * @throws TypeError or RangeError with Node's `ERR_*` code when an option is bad; an Error where no binary loads.
 */
export function register(options: RegisterOptions = {}): void {
  checkObject(options, 'options');
  const { hosts: mapped, ...race } = options;
  if (mapped !== undefined) checkFunction(mapped, 'options.hosts');
  const read = readOptions({ order: 'given', ...race, engine: 'race' });
  addon(); // Where no binary loads, that is said here, and not by every connection.
  settings = read;
  hosts = mapped;
  forgetUnreachable();
  if (current() !== layers.at(-1)?.connect) install(current());
}

/**
 * Undoes register().
 *
 * @returns false where other code has replaced net.Socket.prototype.connect since register(). Its function stays in
 *   place, and ours, which it may call, only calls Node's.
 */
export function unregister(): boolean {
  settings = undefined;
  hosts = undefined;

  forgetUnreachable();
  while (layers.at(-1)?.connect === current()) {
    net.Socket.prototype.connect = (layers.pop() as Layer).under;
  }
  return layers.length === 0;
}

/** Whoever had patched over ours may have put back what was there before him, or before us. */
function forgetUnreachable(): void {
  const known = layers.findIndex(({ connect }) => connect === current());
  if (known >= 0) layers.length = known + 1;
  else if (isOfNode(current())) layers.length = 0;
}

function current(): Connect {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is compared, and called with a socket
  return net.Socket.prototype.connect as Connect;
}

function install(under: Connect): void {
  const isNodes = isOfNode(under);
  const connect: Connect = function (this: net.Socket, ...given: unknown[]): net.Socket {
    if (settings === undefined || isPlainAddress(given[0])) return under.apply(this, given);
    return connectOver({ under, isNodes, race: settings, hosts }, this, given);
  };
  layers.push({ connect, under });
  net.Socket.prototype.connect = connect;
}

/** The fast path: with neither `hosts` nor `blockList`, an IP address goes to Node unchanged. */
function isPlainAddress(first: unknown): boolean {
  if (hosts !== undefined || settings?.blockList !== undefined) return false;
  const target: unknown = Array.isArray(first) ? first[0] : first;
  if (typeof target !== 'object' || target === null) return false;
  const { host } = target as { host?: unknown };
  return typeof host === 'string' && familyOf(host) !== 0;
}

register();

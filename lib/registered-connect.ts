// What net.Socket.prototype.connect does under connect-by-list/register: leaves to Node what is Node's, and races the rest.

import * as dns from 'node:dns';
import * as net from 'node:net';

import { alternateFamilies } from './address-selection/rfc6724';
import { connectSocket } from './connect-socket';
import { isPermitted, makeConnection } from './connection';
import {
  is16Bits,
  readEndpoints,
  toEndpoint,
  type Endpoint,
  type EndpointList,
} from './endpoints/endpoints';
import { familyOf } from './endpoints/ip-address';
import type { ConnectOptions, Settings } from './options/options';
import { guard, isBlocked } from './resolution/block-list';
import { handleOf } from './sockets/adopt';
import {
  HeldHandle,
  insteadOfConnect,
  isHeld,
  type Found,
  type Lookup,
} from './sockets/connect-through-node';
import { KnownAttempts, SocketEvents } from './sockets/socket-events';
import { nextTick } from './util/timers';

export type Connect = (this: net.Socket, ...given: unknown[]) => net.Socket;

type Hosts = (host: string, port: number) => EndpointList | undefined;

/** The options of net.connect() that are read here. */
interface Target {
  readonly path?: unknown;
  readonly host?: unknown;
  readonly port?: unknown;
  readonly family?: unknown;
  readonly hints?: unknown;
  readonly lookup?: unknown;
  readonly autoSelectFamily?: unknown;
  readonly localAddress?: unknown;
  readonly localPort?: unknown;
}

/** The sockets that a layer of ours has seen, while those below it connect them. */
const passed = new WeakSet<net.Socket>();

/** What was connected to in the place of a target: others who patch connect() may copy our options. */
const replaced = new WeakMap<object, Target>();

/** What a call of connect() meets. */
export interface Situation {
  /** net.Socket.prototype.connect as it was. */
  readonly under: Connect;
  /** Whether that is Node's own, which reads the options once. */
  readonly isNodes: boolean;
  readonly race: Settings;
  readonly hosts: Hosts | undefined;
}

/** In place of net.Socket.prototype.connect. */
export function connectOver(
  { under, isNodes, race, hosts }: Situation,
  socket: net.Socket,
  given: unknown[],
): net.Socket {
  // Another layer of ours can be below a patch of somebody else's only.
  const isLayered = !isNodes;
  if (isOthers(socket) || passed.has(socket)) return under.apply(socket, given);
  const normalized = normalize(given);
  const options = normalized[0] as Target | undefined;
  const target = isNodes ? options : original(options);
  const plan = target && planFor(socket, target, race, hosts);
  if (!plan) return under.call(socket, normalized);
  if (plan.blocked) return refuse(socket, plan.blocked, race);
  // Changes the array in place, because it carries a symbol that Node checks, and restores it for others who hold it.
  normalized[0] = optionsFor(socket, target, plan, isNodes);
  if (isLayered) passed.add(socket);
  try {
    under.call(socket, normalized);
    if (plan.insteadOfConnect && !isOthers(socket)) {
      insteadOfConnect(socket, plan.insteadOfConnect);
    }
    return socket;
  } finally {
    if (isLayered) passed.delete(socket);
    normalized[0] = options;
  }
}

/** A blocked address is refused, whatever anybody below us would make of it. */
function refuse(socket: net.Socket, endpoint: Endpoint, race: Settings): net.Socket {
  Object.assign(socket, { connecting: true });
  const calledAt = performance.now();
  const call = { settings: race, calledAt, control: undefined, listener: undefined };
  makeConnection([endpoint], call).catch((error: unknown) => {
    nextTick(() => socket.destroy(error as Error));
  });
  return socket;
}

/** A library that makes connections up has given the socket a connect() of its own, and connects it by itself. */
function isOthers(socket: net.Socket): boolean {
  return Object.hasOwn(socket, 'connect');
}

function original(options: Target | undefined): Target | undefined {
  const lookup: unknown = options?.lookup;
  return typeof lookup === 'function' ? (replaced.get(lookup) ?? options) : options;
}

/** What Node, or whoever is below us, is told to connect to. */
function optionsFor(socket: net.Socket, target: Target, plan: Plan, isNodes: boolean): object {
  const { lookup } = plan;
  if (!lookup) return target;
  const changed = { lookup, autoSelectFamily: false };
  const prototype: unknown = Object.getPrototypeOf(target);
  const isPlain = prototype === Object.prototype || prototype === null;
  if (isNodes) return isPlain ? { ...target, ...changed } : inFrontOf(target, () => changed);
  replaced.set(lookup, target);
  // Whoever takes the socket over connects another one with these options, which Node then connects alone.
  const { guardedLookup, autoSelectFamily } = plan;
  const alone = { lookup: guardedLookup ?? target.lookup, autoSelectFamily };
  return inFrontOf(target, () => (isOthers(socket) ? alone : changed));
}

/** What is inherited, and what a class computes, stays as it is. */
function inFrontOf(target: object, changed: () => object): object {
  const read = (options: object, key: PropertyKey): unknown => {
    const own = changed();
    return key in own ? Reflect.get(own, key) : Reflect.get(options, key, options);
  };
  return new Proxy(target, {
    get: read,
    // Whoever copies the options gets what is read.
    ownKeys: (options) => [
      ...new Set([...Reflect.ownKeys(options), ...Reflect.ownKeys(changed())]),
    ],
    getOwnPropertyDescriptor: (options, key) =>
      key in changed()
        ? { value: read(options, key), enumerable: true, configurable: true, writable: true }
        : Reflect.getOwnPropertyDescriptor(options, key),
  });
}

/** As Node does it: [options, callback], with a symbol that says so. */
function normalize(given: unknown[]): unknown[] {
  const [first] = given;
  const isNormalized =
    Array.isArray(first) && NORMALIZED !== undefined && Object.hasOwn(first, NORMALIZED);
  return isNormalized ? (first as unknown[]) : normalizeArgs(given);
}

// eslint-disable-next-line @typescript-eslint/unbound-method -- a function of the module
const { _normalizeArgs: normalizeArgs } = net as unknown as {
  _normalizeArgs(given: unknown[]): unknown[];
};
const [NORMALIZED] = Object.getOwnPropertySymbols(normalizeArgs([]));

/** How a socket is connected where Node does not do it by itself. */
interface Plan {
  /** In place of the caller's, for a host name. */
  readonly lookup?: Lookup | undefined;
  /** In place of what Node does with an address. */
  readonly insteadOfConnect?: ((found: Found) => void) | undefined;
  /** What nothing may be connected to. */
  readonly blocked?: Endpoint;
  /** The caller's lookup, without addresses that are blocked. */
  readonly guardedLookup?: Lookup | undefined;
  readonly autoSelectFamily: boolean;
}

/** Undefined where Node goes its own way. */
function planFor(
  socket: net.Socket,
  target: Target,
  race: Settings,
  hosts: Hosts | undefined,
): Plan | undefined {
  const { path, localPort } = target;
  const autoSelectFamily = target.autoSelectFamily ?? net.getDefaultAutoSelectFamily();
  const host = hostOf(target);
  const port = Number(target.port);
  // Invalid options go to Node, which throws its own errors.
  const isGood =
    typeof host === 'string' &&
    typeof autoSelectFamily === 'boolean' &&
    (!isSet(target.lookup) || isFunction(target.lookup)) &&
    (!isSet(localPort) || is16Bits(localPort));
  // A connected socket is left to Node.
  const isNew = socket.remoteAddress === undefined;
  const isOurs = isGood && isNew && !isSet(path);
  if (!isOurs || !is16Bits(port) || !isPermitted()) {
    return undefined;
  }
  const { blockList } = race;
  // A call that is opted out is not raced, but guarded all the same.
  if (!autoSelectFamily && blockList === undefined) return undefined;
  const isAddress = familyOf(host) !== 0;
  const list = autoSelectFamily ? hosts?.(host, port) : undefined;
  if (list !== undefined) {
    const endpoints = readEndpoints(list);
    const start = (found: Found): void => begin(socket, target, endpoints, found, race);
    if (isAddress) return { insteadOfConnect: start, autoSelectFamily };
    return { lookup: (_, _options, found) => start(found), autoSelectFamily };
  }
  if (!isAddress) {
    const lookup: Lookup = (_, options, found) =>
      resolve(socket, target, { ...options, all: autoSelectFamily }, found, race);
    const guardedLookup = blockList && guard(lookupOf(target), blockList);
    return { lookup, guardedLookup, autoSelectFamily };
  }
  // The guard holds for addresses as well; they are Node's otherwise.
  if (blockList === undefined || !isBlocked(host, blockList)) return undefined;
  return { blocked: toEndpoint(host, port, undefined), autoSelectFamily };
}

function lookupOf({ lookup }: Target): Lookup {
  return isFunction(lookup) ? lookup : dns.lookup;
}

/** Asks for all addresses, as Node does where it would try one after the other. */
function resolve(
  socket: net.Socket,
  target: Target,
  options: object,
  found: Found,
  race: Settings,
): void {
  const host = hostOf(target) as string;
  const port = Number(target.port);
  const lookup = lookupOf(target);
  const handle = handleOf(socket);
  let isAnswered = false;
  const answered = (error: Error | null, answer: unknown, oneFamily?: number): void => {
    // Ignores a second answer, and an answer for a connection that has been given up.
    if (isAnswered || handleOf(socket) !== handle || isHeld(socket)) return;
    isAnswered = true;
    const entries = (
      Array.isArray(answer) ? answer : [{ address: answer, family: oneFamily }]
    ) as Entry[];
    const isGuarded = race.blockList !== undefined;
    // The usual answer for a name with one address costs nothing: one alone is tried by us only where it is guarded.
    if (error || (entries.length < 2 && !isGuarded)) return pass(found, error, entries[0]);
    const addresses = addressesOf(entries);
    if (addresses.length < (isGuarded ? 1 : 2)) {
      const [only] = addresses;
      const same = entries.find((entry) => entry?.address === only?.address);
      return pass(found, error, same ?? entries[0]);
    }
    // The resolver's order, the families in turn, as Node has it.
    const endpoints = alternateFamilies(addresses).map((one) => {
      return { host, port, ...one, priority: 0, weight: 0 };
    });
    begin(socket, target, endpoints, found, race);
  };
  lookup(host, options, answered);
}

/** An entry of what a lookup has answered with; it is the caller's, and may be anything. */
type Entry = { readonly address?: string; readonly family?: number } | null | undefined;

/** As it is, so that Node refuses what is no good. */
function pass(found: Found, error: Error | null, entry: Entry): void {
  found(error, entry?.address, entry?.family);
}

/** The different addresses. */
function addressesOf(entries: readonly Entry[]): { address: string; family: 4 | 6 }[] {
  const different = new Map<string, { address: string; family: 4 | 6 }>();
  for (const entry of entries) {
    const address: unknown = entry?.address;
    const family = typeof address === 'string' ? familyOf(address) : 0;
    if (family !== 0) different.set(address as string, { address: address as string, family });
  }
  return [...different.values()];
}

function begin(
  socket: net.Socket,
  target: Target,
  endpoints: readonly Endpoint[],
  found: Found,
  race: Settings,
): void {
  if (socket.destroyed || isHeld(socket)) return;
  const calledAt = performance.now();
  const { localAddress, localPort, lookup, family } = target as ConnectOptions;
  const { blockList } = socket as { blockList?: net.BlockList };
  // Node has checked them.
  const own: Settings = {
    ...race,
    ...(localAddress && { localAddress }),
    ...(localPort && { localPort }),
    ...(typeof lookup === 'function' && { lookup }),
    ...((family === 4 || family === 6) && { family }),
    blockList: bothOf(race.blockList, blockList),
  };
  const known = new KnownAttempts();
  // As Node has it: what was tried, in the order of the starts.
  const attempted: string[] = [];
  Object.assign(socket, { autoSelectFamilyAttemptedAddresses: attempted });
  const handle = new HeldHandle(socket);
  // What was looked up is told as Node tells it, before the first attempt.
  const events = new SocketEvents(socket, known);
  for (const { host, address, family } of endpoints) {
    if (family !== 0 && address !== host) events.resolved(host, undefined, [{ address, family }]);
  }
  connectSocket(endpoints, { socket, settings: own, calledAt, known, attempted }, handle, found);
}

/** What either of them forbids. */
function bothOf(
  one: net.BlockList | undefined,
  other: net.BlockList | undefined,
): net.BlockList | undefined {
  if (!one || !other) return one ?? other;
  const check = (address: string, family: 'ipv4' | 'ipv6'): boolean =>
    one.check(address, family) || other.check(address, family);
  return Object.assign(Object.create(net.BlockList.prototype), { check }) as net.BlockList;
}

/** As Node has it. */
function hostOf({ host }: Target): unknown {
  return isSet(host) ? host : 'localhost';
}

function isFunction(value: unknown): value is (...given: unknown[]) => unknown {
  return typeof value === 'function';
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

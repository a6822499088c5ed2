// What the agents and the connector have in common: a list of endpoints for requests that name a host.

import type * as net from 'node:net';

import { readEndpoints, type EndpointList } from '../endpoints/endpoints';
import { oneOf } from '../options/checks';
import { optionsWith, type ConnectOptions } from '../options/options';

/** The endpoints for every request, or a function that returns those for one. */
export type EndpointsFor<Request> = EndpointList | ((request: Request) => EndpointList);

/**
 * When an attempt has won: `'connect'`, when TCP has connected; or `'secureConnect'`, when TLS has, so that
 * a server which accepts and then does not shake hands loses and the others are tried meanwhile. The names
 * are those of the sockets' events.
 */
export type RaceUntil = 'connect' | 'secureConnect';

/** A list is read at once, so that a bad one is refused here, and one that can be read once only will do. */
export function readEndpointsFor<Request>(
  endpoints: EndpointsFor<Request>,
): (request: Request) => EndpointList {
  if (typeof endpoints === 'function') return endpoints;
  const list = readEndpoints(endpoints);
  return () => list;
}

/** @param options an explicit `engine: 'winsock'` is done when TCP has connected. */
export function readRaceUntil(
  raceUntil: unknown,
  { engine }: Pick<ConnectOptions, 'engine'> = {},
): RaceUntil {
  if (raceUntil === undefined) return engine === 'winsock' ? 'connect' : 'secureConnect';
  checkRaceUntil(raceUntil, 'options.raceUntil');
  return raceUntil as RaceUntil;
}

const checkRaceUntil = oneOf('connect', 'secureConnect');

const OF_A_REQUEST = optionsWith('fromRequest');

/** What a request says of how to connect. As to Node, null is absent, and a family may be in words. */
export function optionsOfRequest(request: object): ConnectOptions {
  const options: Record<string, unknown> = {};
  for (const name of OF_A_REQUEST) {
    const value = (request as Record<string, unknown>)[name] ?? undefined;
    if (value === undefined) continue;
    options[name] = name === 'family' ? familyOfWord(value) : value;
  }
  return options;
}

/** As server.address() has it on some versions of Node. */
function familyOfWord(family: unknown): unknown {
  if (family === 'IPv4') return 4;
  return family === 'IPv6' ? 6 : family;
}

/**
 * Emits 'lookup' for the host of the URL where nothing is looked up, because the list has addresses: clients such as
 * got count the time of a connect from that event on.
 */
export function announceLookup(socket: net.Socket, host: string | null | undefined): void {
  let isLookedUp = false;
  const announce = (address: string, family: number): void => {
    if (!isLookedUp) socket.emit('lookup', null, address, family, host ?? 'localhost');
  };
  socket.once('lookup', () => (isLookedUp = true));
  socket.once('connectionAttempt', (address: string, _: number, family: number) => {
    announce(address, family);
  });
  // An engine that tells of no attempts.
  socket.prependOnceListener('connect', () => {
    announce(socket.remoteAddress ?? '', socket.remoteFamily === 'IPv6' ? 6 : 4);
  });
}

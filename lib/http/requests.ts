// What the agents and the connector have in common: a list of endpoints for requests that name a host.

import { readEndpoints, type EndpointLike } from '../endpoints/endpoints';
import { invalidArgValue } from '../util/argument-errors';

/** The endpoints for every request, or a function that knows those for one. */
export type EndpointsFor<Request> =
  Iterable<EndpointLike> | ((request: Request) => Iterable<EndpointLike>);

/**
 * When an attempt has won: `'connect'`, when TCP has connected; or `'secureConnect'`, when TLS has, so that
 * a server which accepts and then does not shake hands loses and the others are tried meanwhile. The names
 * are those of the sockets' events.
 */
export type RaceUntil = 'connect' | 'secureConnect';

/** A list is read at once, so that a bad one is refused here, and one that can be read once only will do. */
export function readEndpointsFor<Request>(
  endpoints: EndpointsFor<Request>,
): (request: Request) => Iterable<EndpointLike> {
  if (typeof endpoints === 'function') return endpoints;
  const list = readEndpoints(endpoints);
  return () => list;
}

export function readRaceUntil(raceUntil: unknown): RaceUntil {
  if (raceUntil === undefined) return 'connect';
  if (raceUntil === 'connect' || raceUntil === 'secureConnect') return raceUntil;
  throw invalidArgValue('options.raceUntil', raceUntil, "must be 'connect' or 'secureConnect'");
}

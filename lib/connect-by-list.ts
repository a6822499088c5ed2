// connectByList(): from a list of endpoints to a Connection.

import { isLate, type Call } from './call';
import { checkPermission, toConnection, type Connection } from './connection';
import { isTraced, tracedCall } from './diagnostics';
import { readEndpoints, readEndpointsInTurns, type Endpoint, type EndpointLike } from './endpoints';
import { noTargets } from './failure';
import { makeConnection } from './make';
import { readOptions, type ConnectOptions } from './options';
import type { AddressPair } from './pairs';
import { allPairs } from './plan';
import { Targets } from './targets';

/**
 * Connects to one endpoint out of a list: whichever answers first.
 *
 * With the race engine the best pair of addresses is tried first (RFC 6724 section 6; the order given
 * decides between equals), the next one when `attemptDelay` has passed or at once when one fails; starting an
 * attempt never cancels another; the first to connect wins, and the others are closed (RFC 8305
 * section 5). With the winsock engine Windows decides (WSAConnectByList,
 * learn.microsoft.com/windows/win32/api/winsock2).
 *
 * @param endpoints at least 1 and at most 100,000 endpoints, each with its own port.
 * @param options see ConnectOptions; times are in ms.
 * @returns the connection; its `socket` is the caller's to use and to close.
 * @throws ConnectError when nothing connected, with one error for each attempt.
 * @throws TypeError or RangeError with Node's `ERR_*` code when an argument is bad: nothing was tried.
 * @throws the signal's reason when `signal` is or gets aborted.
 */
export async function connectByList(
  endpoints: Iterable<EndpointLike>,
  options: ConnectOptions = {},
): Promise<Connection> {
  const calledAt = performance.now();
  const settings = readOptions(options);
  const call = { settings, calledAt, control: settings.signal, listener: undefined };
  const read = readEndpointsInTurns(endpoints, settings.signal, () => isLate(call));
  const asked = read instanceof Promise ? await read : read;
  settings.signal?.throwIfAborted();
  checkPermission();
  if (isTraced()) return await traced(asked, call);
  const made = makeConnection(asked, call);
  return toConnection(made instanceof Promise ? await made : made, settings);
}

function traced(asked: readonly Endpoint[], call: Call): Promise<Connection> {
  return tracedCall(asked, async (listener) => {
    return toConnection(await makeConnection(asked, { ...call, listener }), call.settings);
  });
}

/**
 * What connectByList() would try with the race engine, best first: destinations in the order of RFC 6724
 * section 6, families in turn (RFC 8305 section 4), then the other local addresses of each.
 *
 * @param endpoints as for connectByList(); names are looked up with dns.lookup.
 * @throws ConnectError when no name has an address.
 * @throws TypeError or RangeError as connectByList() does.
 */
export async function sortAddressPairs(endpoints: Iterable<EndpointLike>): Promise<AddressPair[]> {
  const call = { settings: {}, calledAt: performance.now() };
  const targets = new Targets(readEndpoints(endpoints), call);
  await targets.resolution?.done;
  targets.take();
  if (targets.known.length === 0) {
    throw noTargets(targets);
  }
  return allPairs(targets.known);
}

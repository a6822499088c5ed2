// sortAddressPairs(): what a race would try, without trying it.

import { allPairs } from './address-selection/candidates';
import type { AddressPair } from './address-selection/pair-policy';
import { noTargetsFailure } from './attempts/connect-error';
import { readEndpoints, type EndpointList } from './endpoints/endpoints';
import { readOptions, type ConnectOptions } from './options/options';
import { ResolvedEndpoints } from './resolution/resolved-endpoints';

/**
 * Returns the address pairs that connectByList() tries with the race engine, best first: destinations in the order of
 * RFC 6724 section 6, families in turn (RFC 8305 section 4), then the other local addresses of each.
 *
 * @example
 * ```ts
 * for (const { remote, reachable } of await sortAddressPairs(['www.example.com:443'])) {
 *   console.log(remote.address, reachable);
 * }
 * ```
 * @param endpoints as for connectByList(); names are looked up with `lookup` (default `dns.lookup`).
 * @throws ConnectError when no name has an address, or every address is blocked.
 * @throws TypeError or RangeError as connectByList() does.
 */
export async function sortAddressPairs(
  endpoints: EndpointList,
  options: ConnectOptions = {},
): Promise<AddressPair[]> {
  const settings = readOptions(options);
  const call = { settings, calledAt: performance.now() };
  const targets = new ResolvedEndpoints(readEndpoints(endpoints), call);
  await targets.resolution?.done;
  targets.drain();
  if (targets.all.length === 0) {
    throw noTargetsFailure(targets);
  }
  return allPairs(targets.all, settings);
}

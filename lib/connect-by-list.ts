// connectByList(): from a list of endpoints to a Connection.

import { isTraced, tracedCall } from './attempts/diagnostics';
import { checkPermission, toConnection, type Connection } from './connection';
import { readEndpointsInTurns, type Endpoint, type EndpointLike } from './endpoints/endpoints';
import { runEngine } from './engines/run-engine';
import { isLate, type Call } from './options/call';
import { readOptions, type ConnectOptions } from './options/options';

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
  const made = runEngine(asked, call);
  return toConnection(made instanceof Promise ? await made : made, settings);
}

function traced(asked: readonly Endpoint[], call: Call): Promise<Connection> {
  return tracedCall(asked, async (listener) => {
    return toConnection(await runEngine(asked, { ...call, listener }), call.settings);
  });
}

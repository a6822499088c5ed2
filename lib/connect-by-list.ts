// connectByList(): from a list of endpoints to a Connection.

import type { Connection } from './attempts/attempt';
import { makeConnection } from './connection';
import { readEndpointsInTurns, type EndpointList } from './endpoints/endpoints';
import { isLate } from './options/call';
import { readOptions, type ConnectOptions } from './options/options';

/**
 * Connects to one endpoint out of a list: whichever answers first.
 *
 * The race engine tries the best endpoint first (see `order`), the next one when `attemptDelay` has passed, or at once
 * when one fails. Starting an attempt never cancels another; the first to connect wins, and the others are closed
 * (RFC 8305 section 5). With the winsock engine Windows decides ([WSAConnectByList](https://learn.microsoft.com/windows/win32/api/winsock2/nf-winsock2-wsaconnectbylist)).
 *
 * @example
 * ```ts
 * const { socket, attempts } = await connectByList(['192.0.2.1:5432', 'standby.example:5432'], {
 *   timeout: 5000,
 * });
 * ```
 * @param endpoints at least 1 and at most 100,000 endpoints, each with its own port.
 * @param options see ConnectOptions; times are in ms.
 * @returns the connection; its `socket` is the caller's to use and to close.
 * @throws ConnectError when nothing connected, with one error for each attempt.
 * @throws TypeError or RangeError with Node's `ERR_*` code when an argument is bad: nothing was tried.
 * @throws the signal's reason when `signal` is or gets aborted.
 */
export async function connectByList(
  endpoints: EndpointList,
  options: ConnectOptions = {},
): Promise<Connection> {
  const calledAt = performance.now();
  const settings = readOptions(options);
  const call = { settings, calledAt, control: settings.signal, listener: undefined };
  const read = readEndpointsInTurns(endpoints, settings.signal, () => isLate(call));
  const asked = read instanceof Promise ? await read : read;
  return makeConnection(asked, call);
}

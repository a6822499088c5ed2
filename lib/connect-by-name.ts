// connectByName(): one host name and one service instead of a list (C24).

import type { Connection } from './attempts/attempt';
import { makeConnection } from './connection';
import { toEndpoint } from './endpoints/endpoints';
import { readService } from './endpoints/service-port';
import { optionsWith, readOptions, type ConnectOptions } from './options/options';
import { invalidArgType } from './util/argument-errors';

/**
 * Connects to one host by its name, and to one service on it.
 *
 * With the engine `'race'` this is `connectByList([{ host, port }], options)`. With `'winsock'` it is the real
 * WSAConnectByName (learn.microsoft.com/windows/win32/api/winsock2/nf-winsock2-wsaconnectbynamew): Windows resolves
 * the name and tries its addresses, one after the other. With `lookup`, `family`, `blockList` or `policy` it is
 * connectByList() with either engine, because WSAConnectByName has no parameter for them: `lookup` (default
 * `dns.lookup`) resolves the name, and its addresses are the list.
 *
 * @example
 * ```ts
 * const { socket } = await connectByName('www.example.com', 'https');
 * ```
 * @param host a host name, or an IP address.
 * @param service a port number, 0 to 65535, or its digits; or the name of a TCP service in the system's
 *   services database, such as 'https' for 443.
 * @param options see ConnectOptions; times are in ms. With Winsock, `timeout` is looked at between two
 *   attempts only.
 * @returns the connection; its `socket` is the caller's to use and to close.
 * @throws ConnectError when nothing connected; where the name has no address its code is `ENOTFOUND`.
 * @throws TypeError or RangeError with Node's `ERR_*` code when an argument is bad, or when the system
 *   does not know the service: nothing was tried.
 * @throws the signal's reason when `signal` is or gets aborted.
 */
export async function connectByName(
  host: string,
  service: string | number,
  options: ConnectOptions = {},
): Promise<Connection> {
  const calledAt = performance.now();
  const settings = readOptions(options);
  if (typeof host !== 'string') throw invalidArgType('host', 'of type string', host);
  const endpoint = toEndpoint(host, await readService(service), undefined);

  const call = { settings, calledAt, control: settings.signal, listener: undefined };
  const needsList = NEEDS_LIST.some((name) => Boolean(settings[name]));
  return makeConnection([endpoint], call, needsList ? 'WSAConnectByList' : 'WSAConnectByName');
}

/** What WSAConnectByName has no parameter for. */
const NEEDS_LIST = optionsWith('needsList');

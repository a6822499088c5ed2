// Which engine makes a connection, and what it hands on.

import type * as net from 'node:net';

import type { Rows } from '../attempts/attempt';
import type { FailureReport } from '../attempts/connect-error';
import type { Endpoint } from '../endpoints/endpoints';
import { addon } from '../native/addon';
import { raceOnlyError, type Engine, type Settings } from '../options/options';
import { unavailable } from '../util/argument-errors';

/** The result of an engine. The read…() methods create their objects on demand. */
export interface EngineResult {
  readonly engine: Engine;
  /** How many endpoints the list has. */
  readonly endpoints: number;
  /** Takes note of how it went, for later calls. */
  recordHistory(): void;
  /** What was tried, where nothing has connected. */
  failure(): FailureReport | undefined;
  /**
   * To be called once. Returns the connected descriptor, which the caller then owns; or the net.Socket, where a
   * handshake has adopted it already.
   */
  takeSocket(): number | net.Socket;
  readLocalAddress(): net.SocketAddress;
  readRemoteAddress(): net.SocketAddress;
  readRows(): Rows;
}

const IS_WINDOWS = process.platform === 'win32';

/** The functions of Winsock that the engine 'winsock' is made of. */
export type WinsockFunction = 'WSAConnectByList' | 'WSAConnectByName';

/**
 * The engine asked for, or the best one here. `'winsock'` is the default only where Winsock exports
 * WSAConnectByList, whichever function is needed, so that all calls of a program have one default.
 *
 * @param endpoints one with a priority or a weight needs the race: WSAConnectByList knows nothing of them.
 */
export function chooseEngine(
  { engine: asked }: Pick<Settings, 'engine'>,
  needed: WinsockFunction,
  endpoints: readonly Endpoint[],
): Engine {
  const needs = asked ? [needed] : (['WSAConnectByList', needed] as const);
  if (asked === 'race' || (asked === undefined && !needs.every(isExported))) return 'race';
  const prioritized = endpoints.find(({ priority, weight }) => priority > 0 || weight > 0);
  if (prioritized) {
    if (asked === undefined) return 'race';
    const { priority, weight } = prioritized;
    throw priority > 0
      ? raceOnlyError('endpoints[].priority', priority)
      : raceOnlyError('endpoints[].weight', weight);
  }
  if (needs.every(isExported)) return 'winsock';
  throw notExported(needed);
}

/** This system has no such function. */
export function notExported(needed: WinsockFunction): TypeError {
  return unavailable(
    IS_WINDOWS
      ? `The engine 'winsock' needs ${needed}, which the ws2_32.dll of this system does not export. Use the engine 'race'.`
      : "The engine 'winsock' is Windows' own and not available on this platform. Use the engine 'race'.",
  );
}

function isExported(name: WinsockFunction): boolean {
  if (!IS_WINDOWS) return false;
  const native = addon();
  return name === 'WSAConnectByList'
    ? native.hasConnectByList?.() === true
    : native.hasConnectByName?.() === true;
}

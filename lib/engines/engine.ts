// Which engine makes a connection, and what it hands on.

import type * as net from 'node:net';

import type { Rows } from '../attempts/attempt';
import type { FailureReport } from '../attempts/failure';
import { addon } from '../native/addon';
import type { ConnectOptions, Engine } from '../options/options';
import { unavailable } from '../util/argument-errors';

/** What an engine has made of a call. Addresses become objects when somebody asks. */
export interface EngineResult {
  readonly engine: Engine;
  /** How many endpoints the list has. */
  readonly endpoints: number;
  /** Takes note of how it went; once, before all else. Says what was tried where nothing has connected. */
  settle(): FailureReport | undefined;
  /**
   * Once: the connected socket's number, to be adopted or closed; or the socket itself, where making the
   * connection took one.
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
 * The engine asked for, or the one that is best here. `'winsock'` is the default only where Winsock has
 * WSAConnectByList, whichever function is needed, so that all calls of a program have one default.
 */
export function chooseEngine(
  { engine: asked, localAddress, localPort, tls }: ConnectOptions,
  needed: WinsockFunction = 'WSAConnectByList',
): Engine {
  if (asked === 'race') return asked;
  // C05: WSAConnectByList takes an unbound socket only. And it is done when TCP is.
  const needsRace = localAddress !== undefined || localPort !== undefined || tls !== undefined;
  if (asked === undefined && needsRace) return 'race';
  const needs = asked ? [needed] : (['WSAConnectByList', needed] as const);
  if (needs.every(isExported)) return 'winsock';
  if (asked === undefined) return 'race';
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

// Which engine makes a connection, and what it hands on.

import type * as net from 'node:net';

import type { Attempt } from './attempt';
import { unavailable } from './errors';
import { addon } from './native';
import type { ConnectOptions } from './options';

/**
 * Who makes the attempts. `'winsock'`: Windows' own WSAConnectByList, where Winsock exports it. `'race'`:
 * ours, on every platform.
 */
export type Engine = 'winsock' | 'race';

/** A connection that an engine has made. Addresses and attempts become objects when somebody asks. */
export interface Made {
  /** The connected socket's number, to be adopted or closed. */
  readonly socket: number;
  readLocalAddress(): net.SocketAddress;
  readRemoteAddress(): net.SocketAddress;
  readAttempts(): Attempt[];
}

/** The engine asked for, or the one that is best here. */
export function chooseEngine({ engine: asked, localAddress, localPort }: ConnectOptions): Engine {
  if (asked === 'race') return asked;
  // C05: WSAConnectByList takes an unbound socket only.
  if (asked === undefined && (localAddress !== undefined || localPort !== undefined)) return 'race';
  if (process.platform === 'win32' && addon().hasConnectByList?.() === true) return 'winsock';
  if (asked === undefined) return 'race';
  throw unavailable(
    process.platform === 'win32'
      ? "The engine 'winsock' needs WSAConnectByList, which the ws2_32.dll of this system does not export. Use the engine 'race'."
      : "The engine 'winsock' is Windows' own and not to be had on this platform. Use the engine 'race'.",
  );
}

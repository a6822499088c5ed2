// What a connect ends with: from what an engine has made to the caller's Connection.

import type * as net from 'node:net';

import { eachOf, toAttempt, type Attempt } from './attempts/attempt';
import { adoptFailure, raceFailure } from './attempts/failure';
import type { EngineResult } from './engines/engine';
import type { Engine } from './options/options';
import type { Settings } from './options/options';
import { adopt, AdoptError } from './sockets/socket';
import { accessDenied } from './util/argument-errors';

/** A connection that was made, and how. */
export interface Connection {
  /** Connected, and reading. The caller's to use and to close. A `tls.TLSSocket` where `tls` was given. */
  readonly socket: net.Socket;
  /** Where the connection comes from; an IPv4-mapped address is given as IPv4. */
  readonly localAddress: net.SocketAddress;
  /** Which endpoint it was; an IPv4-mapped address is given as IPv4. */
  readonly remoteAddress: net.SocketAddress;
  /** Who made the attempts. */
  readonly engine: Engine;
  /** What was tried, in the order in which it started. */
  readonly attempts: readonly Attempt[];
}

/**
 * Hands the connected socket to Node. When that fails, the connection is closed. Throws why nothing has
 * connected, where nothing has.
 */
export function toConnection(made: EngineResult, settings: Settings): Connection {
  throwIfFailed(made);
  const socket = made.takeSocket();
  if (typeof socket !== 'number') return new MadeConnection(socket, made);
  try {
    return new MadeConnection(adopt(socket, settings), made);
  } catch (error) {
    throw error instanceof AdoptError ? adoptFailure(made, error) : error;
  }
}

/**
 * Throws why nothing has connected, where nothing has. A function and no method: an error keeps what its stack was
 * called on, and with it all that the race was made of.
 */
export function throwIfFailed(made: EngineResult): void {
  const tried = made.settle();
  if (tried !== undefined) throw raceFailure(tried);
}

/** Addresses and attempts become objects when somebody asks for them: mostly nobody does. */
class MadeConnection implements Connection {
  readonly #made: EngineResult;
  #attempts: readonly Attempt[] | undefined;

  constructor(
    readonly socket: net.Socket,
    made: EngineResult,
  ) {
    this.#made = made;
  }

  get engine(): Engine {
    return this.#made.engine;
  }

  get localAddress(): net.SocketAddress {
    return this.#made.readLocalAddress();
  }

  get remoteAddress(): net.SocketAddress {
    return this.#made.readRemoteAddress();
  }

  get attempts(): readonly Attempt[] {
    this.#attempts ??= Array.from(eachOf(this.#made.readRows()), toAttempt);
    return this.#attempts;
  }
}

/** Node has the property only when it runs with --permission; its type does not say so. */
const PERMISSION = (process as Partial<Pick<NodeJS.Process, 'permission'>>).permission;

/**
 * An addon could open sockets where Node's permission model forbids them. This one does not: it keeps
 * what `node --permission` without `--allow-net` promises. Before Node 25 the model ignores
 * networking, and answers that 'net' is not permitted because it does not know the word.
 */
export function checkPermission(): void {
  if (!PERMISSION || PERMISSION.has('net')) return;
  if (!process.allowedNodeEnvironmentFlags.has('--allow-net')) return;
  throw accessDenied('Access to this API has been restricted. Use --allow-net to permit it.');
}

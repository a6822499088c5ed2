// Turns the result of an engine into a Connection, or throws a ConnectError.

import type * as net from 'node:net';
import { inspect, type InspectOptions } from 'node:util';

import { eachOf, toAttempt, type Attempt, type Connection } from './attempts/attempt';
import { isTraced, tracedCall } from './attempts/diagnostics';
import { adoptFailure, connectFailure } from './attempts/connect-error';
import type { Endpoint } from './endpoints/endpoints';
import type { EngineResult, WinsockFunction } from './engines/engine';
import { runEngine } from './engines/run-engine';
import type { Call } from './options/call';
import type { Settings } from './options/options';
import { adopt, AdoptError } from './sockets/adopt';
import { accessDenied } from './util/argument-errors';

/**
 * From checked endpoints to a connection.
 *
 * @param needed the function of Winsock that the call is for.
 */
export async function makeConnection(
  asked: readonly Endpoint[],
  call: Call,
  needed?: WinsockFunction,
): Promise<Connection> {
  call.settings.signal?.throwIfAborted();
  checkPermission();
  if (isTraced()) {
    return tracedCall(asked, call.calledAt, async (listener) => {
      return toConnection(await runEngine(asked, { ...call, listener }, needed), call.settings);
    });
  }
  const made = runEngine(asked, call, needed);
  return toConnection(made instanceof Promise ? await made : made, call.settings);
}

/**
 * Hands the connected socket to Node. When that fails, the connection is closed. Throws why nothing has
 * connected, where nothing has.
 */
function toConnection(made: EngineResult, settings: Settings): Connection {
  throwIfFailed(made);
  const socket = made.takeSocket();
  if (typeof socket !== 'number') return connectionOf(socket, made);
  try {
    return connectionOf(adopt(socket, settings), made);
  } catch (error) {
    throw error instanceof AdoptError ? adoptFailure(made, error) : error;
  }
}

/**
 * Records what the call has taught, and throws a ConnectError where nothing connected. Not a method: the stack of the
 * error would keep `this`, and with it the whole race, in memory.
 */
export function throwIfFailed(made: EngineResult): void {
  made.recordHistory();
  const failure = made.failure();
  if (failure !== undefined) throw connectFailure(failure);
}

/** Addresses and attempts are created on first access: mostly nobody asks for them. */
export function connectionOf(socket: net.Socket, made: EngineResult): Connection {
  let attempts: readonly Attempt[] | undefined;
  // Properties of its own, so that a copy has them.
  return {
    __proto__: PROTOTYPE,
    socket,
    engine: made.engine,
    get localAddress() {
      return made.readLocalAddress();
    },
    get remoteAddress() {
      return made.readRemoteAddress();
    },
    get attempts() {
      return (attempts ??= Array.from(eachOf(made.readRows()), toAttempt));
    },
  } as Connection;
}

const PROTOTYPE = {
  /** What console.log() shows: the values, and the socket in a word instead of sixty lines. */
  [inspect.custom](this: Connection, depth: number, options: InspectOptions): string {
    const { socket, ...rest } = this;
    const shown = { ...rest, socket: { [inspect.custom]: () => `[${socket.constructor.name}]` } };
    return `Connection ${inspect(shown, { ...options, depth: depth < 0 ? -1 : depth })}`;
  },
};

/** Node has the property only when it runs with --permission; its type does not say so. */
const PERMISSION = (process as Partial<Pick<NodeJS.Process, 'permission'>>).permission;

/**
 * An addon could open sockets where Node's permission model forbids them. This one does not: it keeps
 * what `node --permission` without `--allow-net` promises. Before Node 25 the model ignores
 * networking, and answers that 'net' is not permitted because it does not know the word.
 */
export function checkPermission(): void {
  if (isPermitted()) return;
  throw accessDenied('Access to this API has been restricted. Use --allow-net to permit it.');
}

export function isPermitted(): boolean {
  if (!PERMISSION || PERMISSION.has('net')) return true;
  return !process.allowedNodeEnvironmentFlags.has('--allow-net');
}

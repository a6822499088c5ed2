// Connects a socket that Node has begun to connect: what connect() and register() have in common.

import type * as net from 'node:net';

import { eachOf, toAttempt } from './attempts/attempt';
import { adoptFailure, ConnectError } from './attempts/connect-error';
import { tracedCall } from './attempts/diagnostics';
import { checkPermission, connectionOf, throwIfFailed } from './connection';
import type { Endpoint } from './endpoints/endpoints';
import type { EngineResult } from './engines/engine';
import { runEngine } from './engines/run-engine';
import type { Settings } from './options/options';
import type { AdoptError } from './sockets/adopt';
import type { Found, HeldHandle } from './sockets/connect-through-node';
import { SocketEvents, type KnownAttempts } from './sockets/socket-events';
import { nextTick } from './util/timers';

/** A socket, and what there is to know of the call that connects it. */
export interface SocketCall {
  readonly socket: net.Socket;
  readonly settings: Settings;
  /** When the caller called, in ms of performance.now(). */
  readonly calledAt: number;
  readonly known: KnownAttempts;
  /** Gets 'address:port' of each attempt, when it starts. */
  readonly attempted?: string[];
}

/**
 * Runs the engine. On success the socket gets the connection through `found`; on failure it is destroyed with the
 * error.
 */
export function connectSocket(
  asked: readonly Endpoint[],
  call: SocketCall,
  handle: HeldHandle,
  found: Found,
): void {
  const { socket, known } = call;
  // Deferred, so that an error thrown by a listener of the socket is an uncaught exception and not a rejected
  // promise.
  run(asked, call, handle).then(
    (made) => {
      const failure = (error: AdoptError): Error => adoptFailure(made, error);
      const { address } = made.readRemoteAddress();
      nextTick(() => handle.connected(made.takeSocket() as number, address, found, failure));
    },
    (error: unknown) => {
      if (error instanceof ConnectError) known.setAll(() => error.attempts);
      // A socket that its owner has destroyed may be connecting anew.
      nextTick(() => {
        if (!handle.aborted) socket.destroy(error as Error);
      });
    },
  );
}

async function run(
  asked: readonly Endpoint[],
  { socket, settings, calledAt, known, attempted }: SocketCall,
  control: HeldHandle,
): Promise<EngineResult> {
  let made: EngineResult | undefined;
  await tracedCall(asked, calledAt, async (tracer) => {
    checkPermission();
    const listener = new SocketEvents(socket, known, attempted, tracer);
    const result = (made = await runEngine(asked, { settings, calledAt, control, listener }));
    throwIfFailed(result);
    known.setAll(() => Array.from(eachOf(result.readRows()), toAttempt));
    return connectionOf(socket, result);
  });
  return made as EngineResult;
}

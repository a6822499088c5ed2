/* eslint-disable @typescript-eslint/unbound-method -- methods of Node's are kept here, and called with call() */

// Lets Node connect a net.Socket through a `lookup` of ours. When the engine has a connection, the lookup answers,
// and the handle's connect() is replaced once by one that takes the descriptor over. So events, timeouts and states
// are Node's own, and no placeholder address is ever visible.

import * as net from 'node:net';

import { addon } from '../native/addon';
import type { CallControl, Refable } from '../options/call';
import { nextTick } from '../util/timers';
import { AdoptError, handleOf, openIn, type ConnectRequest, type TcpHandle } from './adopt';

/** Saved when the package is loaded, so that later patches of connect() do not see our connections. */
export const nodeConnect = net.Socket.prototype.connect as (
  this: net.Socket,
  ...given: unknown[]
) => net.Socket;

/**
 * Whether a function is Node's own net.Socket.prototype.connect, by its text: what was there when the package was loaded
 * may be a patch already.
 */
export function isOfNode(connect: (...given: never[]) => unknown): boolean {
  return Function.prototype.toString.call(connect).includes('normalizedArgsSymbol');
}

/** The callback of a lookup that Node has called. */
export type Found = (error: Error | null, address?: unknown, family?: number) => void;

/** What Node calls for the address of a name. */
export type Lookup = (name: string, options: object, found: Found) => void;

/**
 * Wraps the handle of a connecting socket while the engine connects: close(), ref() and unref() of the handle reach
 * the call.
 */
export class HeldHandle implements CallControl {
  aborted = false;
  reason: unknown;
  isRef: boolean;
  private onAbort: (() => void) | undefined;
  private refable: Refable | undefined;
  private readonly handle: TcpHandle;

  constructor(private readonly socket: net.Socket) {
    const handle = handleOf(socket);
    if (!handle) {
      throw new Error(`Node ${process.version} does not show the handle of its sockets`);
    }
    this.handle = handle;
    held.add(handle);
    // The handle of a TLSSocket wraps the TCP handle, which is its _parent.
    this.isRef = (handle.hasRef ? handle : handle._parent)?.hasRef?.() ?? true;
    const { close, ref, unref } = handle;
    handle.close = (callback) => {
      this.abort();
      close.call(handle, callback);
    };
    handle.ref = () => {
      this.setRef(true);
      ref.call(handle);
    };
    handle.unref = () => {
      this.setRef(false);
      unref.call(handle);
    };
  }

  /**
   * The descriptor is connected to this address: Node takes it over, and emits 'connect' and 'ready'. Where nobody
   * wants it any more it is closed.
   *
   * @param failure makes the error to destroy the socket with where Node cannot take it over.
   */
  connected(
    descriptor: number,
    address: string,
    found: Found,
    failure: (error: AdoptError) => Error,
  ): void {
    this.release();
    // The socket was destroyed; its owner may have called connect() again.
    if (this.aborted || this.socket.destroyed) {
      addon().close(descriptor);
      return;
    }
    this.takeOver(descriptor, failure);
    // Node would emit these here; the real ones have been emitted.
    const restoreEmit = suppress(this.socket, ['lookup', 'connectionAttempt']);
    try {
      found(null, address, net.isIP(address));
    } finally {
      restoreEmit();
    }
  }

  /** Gives the handle its own methods back. */
  release(): void {
    held.delete(this.handle);
    restore(this.handle, ['close', 'ref', 'unref']);
  }

  addEventListener(_: 'abort', onAbort: () => void): void {
    this.onAbort = onAbort;
  }

  removeEventListener(): void {
    this.onAbort = undefined;
  }

  onRefChange(refable: Refable): () => void {
    this.refable = refable;
    if (!this.isRef) refable.setRef(false);
    return () => {
      // The next one may be there already.
      if (this.refable === refable) this.refable = undefined;
    };
  }

  private abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = new Error('The socket was destroyed before it had connected');
    this.onAbort?.();
  }

  private setRef(isRef: boolean): void {
    this.isRef = isRef;
    this.refable?.setRef(isRef);
  }

  /**
   * Lets the next connect() of the handle take over a connected descriptor, which belongs to this function until
   * then: a socket that is destroyed first closes it.
   */
  private takeOver(descriptor: number, failure: (error: AdoptError) => Error): void {
    const { socket, handle } = this;
    let isOpen = true;
    const { close } = handle;
    handle.close = (callback) => {
      if (isOpen) addon().close(descriptor);
      isOpen = false;
      close.call(handle, callback);
    };
    handle.connect = handle.connect6 = (request: ConnectRequest): number => {
      isOpen = false;
      restore(handle, ['connect', 'connect6', 'close', 'bind', 'bind6', 'getsockname']);
      try {
        openIn(handle, descriptor);
      } catch (error) {
        socket.destroy(failure(error as AdoptError));
        return 0;
      }
      // Not from within connect(): Node has not finished with it.
      nextTick(() => request.oncomplete(0, handle, request, true, true));
      return 0;
    };
    pretendToBind(handle);
  }
}

/**
 * With `localAddress` the descriptor that comes is bound already. Node calls bind() and checks it with getsockname(),
 * so both answer with what was asked for.
 */
function pretendToBind(handle: TcpHandle): void {
  let bound = { address: '', port: 0, family: 'IPv4' };
  const bind =
    (family: string): TcpHandle['bind'] =>
    (address, port) => {
      bound = { address, port, family };
      return 0;
    };
  handle.bind = bind('IPv4');
  handle.bind6 = bind('IPv6');
  handle.getsockname = (out) => {
    Object.assign(out, bound);
    return 0;
  };
}

/**
 * For an address, which Node does not look up: lets `start` make the connection when Node calls connect() of the
 * socket's handle, in the next tick.
 */
export function insteadOfConnect(socket: net.Socket, start: (found: Found) => void): void {
  const handle = handleOf(socket);
  if (!handle) return;
  pretendToBind(handle);
  // Nothing is attempted at this address.
  const restoreEmit = suppress(socket, ['connectionAttempt']);
  nextTick(restoreEmit);
  handle.connect = handle.connect6 = (request, address, port) => {
    restore(handle, ['connect', 'connect6', 'bind', 'bind6', 'getsockname']);
    start((error) => {
      if (!error) handle.connect(request, address, port);
    });
    return 0;
  };
}

/** Keeps a socket from emitting these events, until the function that it returns is called. */
function suppress(socket: net.Socket, events: readonly (string | symbol)[]): () => void {
  const own = Object.getOwnPropertyDescriptor(socket, 'emit');
  const { emit } = socket;
  socket.emit = function (this: net.Socket, event: string | symbol, ...given: unknown[]): boolean {
    if (events.includes(event)) return false;
    return Reflect.apply(emit, this, [event, ...given]) as boolean;
  };
  return () => {
    if (own) Object.defineProperty(socket, 'emit', own);
    else Reflect.deleteProperty(socket, 'emit');
  };
}

/** The handles that somebody makes a connection for: one at a time. */
const held = new WeakSet<TcpHandle>();

/** Whether the connection of this socket is being made already. */
export function isHeld(socket: net.Socket): boolean {
  const handle = handleOf(socket);
  return handle !== undefined && held.has(handle);
}

/** Deletes the handle's own properties, so that those of its class apply again. */
function restore(handle: TcpHandle, names: readonly (keyof TcpHandle)[]): void {
  for (const name of names) Reflect.deleteProperty(handle, name);
}

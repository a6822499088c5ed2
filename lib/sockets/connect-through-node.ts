/* eslint-disable @typescript-eslint/unbound-method -- methods of Node's are kept here, and called with call() */

// A net.Socket that Node itself connects, as far as it knows: Node's own connect() is called with a `lookup` of ours,
// and when a connection is there the socket's handle takes it over in place of the system's connect(). So all that a
// socket does meanwhile is Node's own, and no address that is none is ever shown to anybody.

import * as net from 'node:net';

import { addon } from '../native/addon';
import { nextTick } from '../util/timers';
import { AdoptError, handleOf, openIn, type ConnectRequest, type TcpHandle } from './adopt';

/** As it was when the package was loaded: whoever patches it later hears of no connection of ours. */
const nodeConnect = net.Socket.prototype.connect;

/** Answers Node's question for an address. */
type Found = (error: Error | null, address: string, family: number) => void;

export interface Connecting {
  /**
   * The descriptor is connected to this address: Node takes it over, and emits 'connect' and 'ready'. Where nobody
   * wants it any more it is closed.
   *
   * @param failure makes the error to destroy the socket with where Node cannot take it over.
   */
  connected(descriptor: number, address: string, failure: (error: AdoptError) => Error): void;
  /** Calls back when the socket is destroyed before that. */
  onClose(closed: () => void): void;
  /** Calls back when ref() or unref() of the socket is called before that. */
  onRefChange(changed: (isRef: boolean) => void): void;
}

/**
 * Makes the socket connecting. `begin` is called in a turn of its own, unless the socket is destroyed by then.
 *
 * @param name what Node takes for the name of the host: no IP address, for which it would not look up anything.
 */
export function connectThroughNode(
  socket: net.Socket,
  { name, port }: { readonly name: string; readonly port: number },
  begin: () => void,
): Connecting {
  let found: Found | undefined;
  const lookup = (_: string, _options: unknown, answer: Found): void => {
    found = answer;
    // The second turn: in the first, whoever gets the socket adds its listeners, as http.Agent's 'socket' lets it.
    nextTick(() =>
      nextTick(() => {
        if (!socket.destroyed) begin();
      }),
    );
  };
  const options = { host: name, port, lookup, autoSelectFamily: false };
  (nodeConnect as (options: object) => net.Socket).call(socket, options);
  const handle = handleOf(socket);
  if (!handle) throw new Error(`Node ${process.version} does not show the handle of its sockets`);
  let closed: (() => void) | undefined;
  let changed: ((isRef: boolean) => void) | undefined;
  const { close, ref, unref } = handle;
  handle.close = (callback) => {
    closed?.();
    close.call(handle, callback);
  };
  handle.ref = () => {
    changed?.(true);
    ref.call(handle);
  };
  handle.unref = () => {
    changed?.(false);
    unref.call(handle);
  };
  return {
    onClose: (listener) => void (closed = listener),
    onRefChange: (listener) => void (changed = listener),
    connected: (descriptor, address, failure) => {
      closed = changed = undefined;
      restore(handle, ['close', 'ref', 'unref']);
      if (socket.destroyed || !found) {
        addon().close(descriptor);
        return;
      }
      takeOver(socket, handle, descriptor, failure);
      found(null, address, net.isIP(address));
    },
  };
}

/**
 * Lets the next connect() of the handle take over a connected descriptor, which belongs to this function until then:
 * a socket that is destroyed first closes it.
 */
function takeOver(
  socket: net.Socket,
  handle: TcpHandle,
  descriptor: number,
  failure: (error: AdoptError) => Error,
): void {
  let isOpen = true;
  const { close } = handle;
  handle.close = (callback) => {
    if (isOpen) addon().close(descriptor);
    isOpen = false;
    close.call(handle, callback);
  };
  handle.connect = handle.connect6 = (request: ConnectRequest): number => {
    isOpen = false;
    restore(handle, ['connect', 'connect6', 'close']);
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
}

/** What the handle has of its own gives way to what its class has. */
function restore(handle: TcpHandle, names: readonly (keyof TcpHandle)[]): void {
  for (const name of names) Reflect.deleteProperty(handle, name);
}

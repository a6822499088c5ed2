// From a connected descriptor to a net.Socket. The one file that leans on how Node makes its sockets.

import * as net from 'node:net';

import type { ConnectOptions } from './options';

type SocketOptions = Pick<
  ConnectOptions,
  'allowHalfOpen' | 'highWaterMark' | 'keepAlive' | 'keepAliveInitialDelay' | 'noDelay' | 'onread'
>;

/**
 * Makes a net.Socket of a connected socket, which is the net.Socket's from then on. It starts to read at
 * once, as a socket of net.connect() does. When this throws, the socket is still the caller's.
 */
export function adopt(descriptor: number, options: SocketOptions): net.Socket {
  const { allowHalfOpen = false, highWaterMark, onread } = options;
  // net.Socket also takes what net.connect() and stream.Duplex take; its type does not say so.
  const init: net.SocketConstructorOpts & Pick<SocketOptions, 'highWaterMark' | 'onread'> = {
    fd: descriptor,
    readable: true,
    writable: true,
    allowHalfOpen,
    ...(highWaterMark !== undefined && { highWaterMark }),
    ...(onread !== undefined && { onread }),
  };
  const socket = new net.Socket(init);
  // net.Socket applies these of its options only when it has made the connection itself.
  if (options.noDelay) socket.setNoDelay(true);
  if (options.keepAlive) socket.setKeepAlive(true, options.keepAliveInitialDelay);
  return socket;
}

// From a connected descriptor to a net.Socket. The one file that leans on how Node makes its sockets: in a
// TCP handle of Node's own, which on Windows is the only way to adopt a SOCKET. On POSIX Node documents
// `new net.Socket({ fd })` too; there it first asks the system four times what kind of descriptor it is.

import * as net from 'node:net';

import type { ConnectOptions } from './options';

type SocketOptions = Pick<
  ConnectOptions,
  'allowHalfOpen' | 'highWaterMark' | 'keepAlive' | 'keepAliveInitialDelay' | 'noDelay' | 'onread'
>;

/** What net.Socket takes as well; its type does not say so. */
interface SocketInit extends net.SocketConstructorOpts {
  handle?: TcpHandle;
  highWaterMark?: number;
  onread?: net.OnReadOpts;
}

/**
 * Makes a net.Socket of a connected socket, which is the net.Socket's from then on. It starts to read at
 * once, as a socket of net.connect() does. When this throws, the socket is still the caller's.
 */
export function adopt(descriptor: number, options: SocketOptions): net.Socket {
  const { allowHalfOpen = false, highWaterMark, onread } = options;
  const init: SocketInit = {
    handle: openHandle(descriptor),
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

/** What we use of Node's own handle around uv_tcp_t. */
interface TcpHandle {
  /** uv_tcp_open(): takes a connected socket over; 0, or libuv's error number. */
  open(socket: number): number;
}

type TcpHandleClass = new (type: number) => TcpHandle;

/** TCPWrap::SOCKET in Node's src/tcp_wrap.h: a handle for a connection, not for a server. */
const FOR_A_CONNECTION = 0;

let tcpHandleClass: TcpHandleClass | undefined;

function openHandle(socket: number): TcpHandle {
  tcpHandleClass ??= findTcpHandleClass();
  const handle = new tcpHandleClass(FOR_A_CONNECTION);
  const error = handle.open(socket);
  if (error !== 0) throw new Error(`Node could not take the connected socket over: libuv ${error}`);
  return handle;
}

/**
 * Node makes its TCP handle before it looks the host up, and this lookup never answers: nothing is sent.
 * The way by process.binding() is deprecated, and closed where Node runs with --permission.
 */
function findTcpHandleClass(): TcpHandleClass {
  const socket = new net.Socket();
  socket.connect({ host: 'nowhere.invalid', port: 1, lookup: () => undefined });
  const handle = (socket as { _handle?: TcpHandle | null })._handle;
  socket.destroy();
  if (!handle) throw new Error(`Node ${process.version} does not show the handle of its sockets`);
  return handle.constructor as TcpHandleClass;
}

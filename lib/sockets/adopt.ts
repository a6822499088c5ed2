// From a connected descriptor to a net.Socket, in a TCP handle of Node's own, which on Windows is the only way to
// adopt a SOCKET. On POSIX Node documents `new net.Socket({ fd })` too; there it first asks the system four times
// what kind of descriptor it is. Like connect-through-node.ts, it uses the handle of a socket, which Node does not
// document.

import * as net from 'node:net';

import { addon } from '../native/addon';
import type { ConnectOptions } from '../options/options';
import { errorOfErrno } from '../util/system-errors';

/** The options that Node's net.Socket takes; undefined means absent. */
export type SocketOptions = Pick<
  ConnectOptions,
  'allowHalfOpen' | 'highWaterMark' | 'onread' | 'keepAlive' | 'keepAliveInitialDelay' | 'noDelay'
>;

/** What is used of Node's handle around uv_tcp_t. */
export interface TcpHandle {
  /** uv_tcp_open(): takes a connected socket over; 0, or libuv's error number. */
  open(socket: number): number;
  bind(address: string, port: number, flags: number): number;
  bind6(address: string, port: number, flags: number): number;
  getsockname(out: object): number;
  hasRef?(): boolean;
  readonly _parent?: TcpHandle;

  // What net.Socket calls while it connects.
  connect(request: ConnectRequest, address: string, port: number): number;
  connect6(request: ConnectRequest, address: string, port: number): number;
  close(callback?: () => void): void;
  ref(): void;
  unref(): void;
}

/** What net.Socket waits with for the end of a connect. */
export interface ConnectRequest {
  oncomplete(
    status: number,
    handle: TcpHandle,
    request: ConnectRequest,
    isReadable: boolean,
    isWritable: boolean,
  ): void;
}

/** Node could not take a connected socket over. */
export class AdoptError extends Error {
  readonly code: string;

  /** @param errno libuv's number. */
  constructor(readonly errno: number) {
    const { code } = errorOfErrno(errno);
    super(`Node could not take the connected socket over: ${code}`);
    this.code = code;
  }
}

/**
 * Makes a net.Socket of a connected socket, which is the net.Socket's from then on. It starts to read at
 * once, as a socket of net.connect() does. When this throws, the connection is closed.
 */
export function adopt(descriptor: number, options: SocketOptions): net.Socket {
  const handle = newHandle(descriptor);
  openIn(handle, descriptor);
  const { allowHalfOpen, highWaterMark, onread } = options;
  // Node accepts `handle`, and treats undefined as absent; its type allows neither.
  const init = { handle, allowHalfOpen, highWaterMark, onread } as net.SocketConstructorOpts;
  let socket: net.Socket;
  try {
    // Options of the caller's can throw here: those of `onread` may be getters.
    socket = new net.Socket(init);
  } catch (error) {
    handle.close();
    throw error;
  }
  try {
    // net.Socket applies these of its options only when it has made the connection itself.
    if (options.noDelay) socket.setNoDelay(true);
    if (options.keepAlive) socket.setKeepAlive(true, options.keepAliveInitialDelay);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return socket;
}

/** Opens the descriptor in a handle, which owns it from then on. Closes the descriptor where it throws. */
export function openIn(handle: TcpHandle, descriptor: number): void {
  const errno = handle.open(descriptor);
  if (errno === 0) return;
  addon().close(descriptor);
  throw new AdoptError(errno);
}

export function handleOf(socket: net.Socket): TcpHandle | undefined {
  return (socket as { _handle?: TcpHandle | null })._handle ?? undefined;
}

type TcpHandleClass = new (type: number) => TcpHandle;

/** TCPWrap::SOCKET in Node's src/tcp_wrap.h: a handle for a connection, not for a server. */
const FOR_A_CONNECTION = 0;

let tcpHandleClass: TcpHandleClass | undefined;

/** When this throws, the descriptor is closed. */
function newHandle(descriptor: number): TcpHandle {
  try {
    tcpHandleClass ??= findTcpHandleClass();
    return new tcpHandleClass(FOR_A_CONNECTION);
  } catch (error) {
    addon().close(descriptor);
    throw error;
  }
}

/**
 * Finds the class of Node's TCP handles with the function that Node's cluster module uses: it binds a port of
 * loopback that the system chooses, does not listen, and closes it at once. process.binding() is deprecated, and
 * refused under --permission; net.Socket.connect() may be patched.
 */
function findTcpHandleClass(): TcpHandleClass {
  const { _createServerHandle: create } = net as unknown as {
    _createServerHandle?: (address: string, port: number, family: 4 | 6) => TcpHandle | number;
  };
  for (const [address, family] of [
    ['127.0.0.1', 4],
    ['::1', 6],
  ] as const) {
    const handle = create?.(address, 0, family);
    if (handle === undefined || typeof handle === 'number') continue;
    handle.close();
    return handle.constructor as TcpHandleClass;
  }
  throw new Error(`Node ${process.version} does not make TCP handles as this package expects`);
}

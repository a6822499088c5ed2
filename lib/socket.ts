// From a connected descriptor to a net.Socket. The one file that leans on how Node makes its sockets: in a
// TCP handle of Node's own, which on Windows is the only way to adopt a SOCKET. On POSIX Node documents
// `new net.Socket({ fd })` too; there it first asks the system four times what kind of descriptor it is.

import * as net from 'node:net';

import { addon } from './native';
import type { ConnectOptions } from './options';
import { pick } from './pick';

/** The options that are net.Socket's own: first those that it takes in any case. */
const OF_ANY_SOCKET = ['allowHalfOpen', 'highWaterMark', 'onread'] as const;
const OF_A_CONNECTING_SOCKET = [
  ...OF_ANY_SOCKET,
  'keepAlive',
  'keepAliveInitialDelay',
  'noDelay',
  'signal',
] as const;

type SocketOptions = Pick<ConnectOptions, (typeof OF_A_CONNECTING_SOCKET)[number]>;

/** What net.Socket takes as well; its type does not say so. */
interface SocketInit extends net.SocketConstructorOpts {
  handle: TcpHandle;
  /** Reading starts when the socket has connected, not at once. */
  manualStart?: boolean;
}

/**
 * Makes a net.Socket of a connected socket, which is the net.Socket's from then on. It starts to read at
 * once, as a socket of net.connect() does. When this throws, the connection is closed.
 */
export function adopt(descriptor: number, options: SocketOptions): net.Socket {
  const handle = newHandle();
  open(handle, descriptor);
  const init: SocketInit = { ...pick(options, OF_ANY_SOCKET), handle };
  const socket = new net.Socket(init);
  // net.Socket applies these of its options only when it has made the connection itself.
  if (options.noDelay) socket.setNoDelay(true);
  if (options.keepAlive) socket.setKeepAlive(true, options.keepAliveInitialDelay);
  return socket;
}

/** Who makes the connection of a net.Socket that is connecting. */
export interface Connector {
  /** Begins; not in the same turn of the loop as the call. */
  begin(socket: ConnectingSocket): void;
  /** The socket was destroyed, or ended otherwise, before it had connected. */
  end(): void;
  /** socket.ref() or socket.unref() was called. */
  setRef(isRef: boolean): void;
}

/** What the connector says to the socket. */
export interface ConnectingSocket {
  /** It has connected. Where nobody wants it any more, the connection is closed. */
  connected(descriptor: number): void;
  failed(error: Error): void;
}

/**
 * A net.Socket that is connecting, as net.connect() gives one, whose connection somebody else makes. All
 * that a socket does while it connects is net.Socket's own: it queues writes, counts its idle time, and
 * says 'connect' and 'ready'. Its handle takes the place of the system's connect().
 */
export function connectingSocket(options: SocketOptions, connector: Connector): net.Socket {
  const handle = newHandle();
  const init: SocketInit = { ...pick(options, OF_A_CONNECTING_SOCKET), handle, manualStart: true };
  const socket = new net.Socket(init);
  const announcesNoAddress = withoutEvent(socket, 'connectionAttempt');

  const begin = (request: ConnectRequest): number => {
    announcesNoAddress();
    connector.begin({
      connected(descriptor) {
        if (socket.destroyed) {
          addon().close(descriptor);
          return;
        }
        restore();
        try {
          open(handle, descriptor);
        } catch (error) {
          socket.destroy(error as Error);
          return;
        }
        request.oncomplete(0, handle, request, true, true);
      },
      failed: (error) => void socket.destroy(error),
    });
    return 0;
  };
  const own: Partial<TcpHandle> = {
    connect: begin,
    connect6: begin,
    close(callback) {
      restore();
      connector.end();
      handle.close(callback);
    },
    ref() {
      connector.setRef(true);
      unchanged.ref.call(handle);
    },
    unref() {
      connector.setRef(false);
      unchanged.unref.call(handle);
    },
  };
  const unchanged = Object.getPrototypeOf(handle) as TcpHandle;
  // Some libraries call connect() on whatever socket they are given. The list has decided where to.
  const connectAgain = (...given: unknown[]): net.Socket => {
    const listener = given.at(-1);
    if (typeof listener === 'function') socket.once('connect', listener as () => void);
    return socket;
  };
  const restore = (): void => {
    for (const name of Object.keys(own)) Reflect.deleteProperty(handle, name);
    if (socket.connect === connectAgain) Reflect.deleteProperty(socket, 'connect');
  };

  // Any address will do, since it goes to `begin`; as it is one, nothing is looked up.
  socket.connect({ host: '0.0.0.0', port: 0 });
  Object.assign(handle, own);
  socket.connect = connectAgain;
  return socket;
}

/** Keeps one event of net.Socket's own back, which would tell of no real address, until it is called. */
function withoutEvent(socket: net.Socket, event: string): () => void {
  let isOn = true;
  const emit = socket.emit.bind(socket) as (name: string | symbol, ...rest: unknown[]) => boolean;
  const filter = (name: string | symbol, ...rest: unknown[]): boolean =>
    isOn && name === event ? false : emit(name, ...rest);
  socket.emit = filter as typeof socket.emit;
  return () => {
    isOn = false;
    // Unless somebody has put a function of his own in front of it.
    if (socket.emit === filter) Reflect.deleteProperty(socket, 'emit');
  };
}

/** What we use of Node's own handle around uv_tcp_t. */
interface TcpHandle {
  /** uv_tcp_open(): takes a connected socket over; 0, or libuv's error number. */
  open(socket: number): number;

  // What net.Socket calls of it while it connects.
  connect(request: ConnectRequest): number;
  connect6(request: ConnectRequest): number;
  close(callback: () => void): void;
  ref(): void;
  unref(): void;
}

/** What net.Socket waits with for the end of a connect. */
interface ConnectRequest {
  oncomplete(
    status: number,
    handle: TcpHandle,
    request: ConnectRequest,
    isReadable: boolean,
    isWritable: boolean,
  ): void;
}

type TcpHandleClass = new (type: number) => TcpHandle;

/** TCPWrap::SOCKET in Node's src/tcp_wrap.h: a handle for a connection, not for a server. */
const FOR_A_CONNECTION = 0;

let tcpHandleClass: TcpHandleClass | undefined;

function newHandle(): TcpHandle {
  tcpHandleClass ??= findTcpHandleClass();
  return new tcpHandleClass(FOR_A_CONNECTION);
}

function open(handle: TcpHandle, socket: number): void {
  const error = handle.open(socket);
  if (error === 0) return;
  addon().close(socket);
  throw new Error(`Node could not take the connected socket over: libuv ${error}`);
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

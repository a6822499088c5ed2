// From a connected descriptor to a net.Socket. The one file that leans on how Node makes its sockets: in a
// TCP handle of Node's own, which on Windows is the only way to adopt a SOCKET. On POSIX Node documents
// `new net.Socket({ fd })` too; there it first asks the system four times what kind of descriptor it is.

import * as net from 'node:net';
import { addAbortSignal } from 'node:stream';

import { addon } from '../native/addon';
import type { ConnectOptions } from '../options/options';
import { errorOfErrno } from '../util/system-errors';

/** The options that are net.Socket's own, which takes undefined for absent. */
type SocketOptions = {
  readonly [
    Name in
      | 'allowHalfOpen'
      | 'highWaterMark'
      | 'onread'
      | 'keepAlive'
      | 'keepAliveInitialDelay'
      | 'noDelay'
      | 'signal'
  ]?: ConnectOptions[Name] | undefined;
};

/** What net.Socket takes as well; its type does not say so. */
interface SocketInit extends SocketOptions {
  readonly handle: TcpHandle;
  /** Reading starts when the socket has connected, not at once. */
  readonly manualStart?: boolean;
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
  tcpHandleClass ??= findTcpHandleClass();
  const handle = new tcpHandleClass(FOR_A_CONNECTION);
  open(handle, descriptor);
  const { allowHalfOpen, highWaterMark, onread } = options;
  const socket = socketOf({ handle, allowHalfOpen, highWaterMark, onread });
  // net.Socket applies these of its options only when it has made the connection itself.
  if (options.noDelay) socket.setNoDelay(true);
  if (options.keepAlive) socket.setKeepAlive(true, options.keepAliveInitialDelay);
  return socket;
}

/** Options of the caller's can throw here: those of `onread` may be getters. The handle owns the connection. */
function socketOf(init: SocketInit): net.Socket {
  try {
    return new net.Socket(init);
  } catch (error) {
    init.handle.close();
    throw error;
  }
}

/** Who makes the connection of a net.Socket that is connecting. */
export interface Connector {
  /** Begins; not in the same turn of the loop as the call. */
  begin(socket: ConnectingSocket): void;
  /** The socket was destroyed before it had connected. */
  end(): void;
  /** socket.ref() or socket.unref() was called. */
  setRef(isRef: boolean): void;
}

/** What the connector says to the socket. */
export interface ConnectingSocket {
  /**
   * It has connected. Where nobody wants it any more, the connection is closed.
   *
   * @param failure what to say where Node cannot take it over.
   */
  connected(descriptor: number, failure: (error: AdoptError) => Error): void;
  failed(error: Error): void;
}

/**
 * A net.Socket that is connecting, as net.connect() gives one, whose connection somebody else makes. All
 * that a socket does while it connects is net.Socket's own: it queues writes, counts its idle time, and
 * says 'connect' and 'ready'. Its handle takes the place of the system's connect().
 */
export class SocketToConnect extends net.Socket {
  /** Until the handle is asked to connect: net.Socket believes in an address that is none. */
  #isPretending = true;
  readonly #handle: HandleToConnect;

  constructor(options: SocketOptions, connector: Connector) {
    handleToConnectClass ??= makeHandleToConnectClass();
    const handle = new handleToConnectClass(connector, (request) => {
      this.#isPretending = false;
      connector.begin({
        connected: (descriptor, failure) => this.#connected(descriptor, request, failure),
        failed: (error) => void this.destroy(error),
      });
    });
    const { allowHalfOpen, highWaterMark, onread, keepAlive, keepAliveInitialDelay, noDelay } =
      options;
    const init: SocketInit = {
      handle,
      manualStart: true,
      allowHalfOpen,
      highWaterMark,
      onread,
      keepAlive,
      keepAliveInitialDelay,
      noDelay,
    };
    super(init);
    this.#handle = handle;
    super.connect(PLACEHOLDER_ADDRESS);
    // Not among the options of the constructor: connect() would revive what an aborted signal has destroyed.
    if (options.signal) addAbortSignal(options.signal, this);
  }

  /** While it connects the list decides where to: some libraries call this on whatever they are given. */
  override connect(...given: unknown[]): this {
    if (!this.connecting) {
      this.#isPretending = false;
      return super.connect(...(given as [net.SocketConnectOpts]));
    }
    const listener = given.at(-1);
    if (typeof listener === 'function') this.once('connect', listener as () => void);
    return this;
  }

  /** Keeps net.Socket from telling of an attempt at the address that is none. */
  override emit(event: string | symbol, ...given: unknown[]): boolean {
    return !(event === 'connectionAttempt' && this.#isPretending) && super.emit(event, ...given);
  }

  #connected(
    descriptor: number,
    request: ConnectRequest,
    failure: (error: AdoptError) => Error,
  ): void {
    if (this.destroyed) {
      addon().close(descriptor);
      return;
    }
    try {
      open(this.#handle, descriptor);
    } catch (error) {
      this.destroy(failure(error as AdoptError));
      return;
    }
    this.#handle.hasConnected();
    request.oncomplete(0, this.#handle, request, true, true);
  }
}

/** What we use of Node's own handle around uv_tcp_t. */
interface TcpHandle {
  /** uv_tcp_open(): takes a connected socket over; 0, or libuv's error number. */
  open(socket: number): number;

  // What net.Socket calls of it while it connects.
  connect(request: ConnectRequest): number;
  connect6(request: ConnectRequest): number;
  close(callback?: () => void): void;
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

/** Where a socket is told to connect to that never shall: as it is an address, nothing is looked up. */
const PLACEHOLDER_ADDRESS = { host: '0.0.0.0', port: 0 };

type TcpHandleClass = new (type: number) => TcpHandle;

/** TCPWrap::SOCKET in Node's src/tcp_wrap.h: a handle for a connection, not for a server. */
const FOR_A_CONNECTION = 0;

let tcpHandleClass: TcpHandleClass | undefined;

/**
 * Node makes its TCP handle at once, and connects in a turn of its own if the socket still wants it by then:
 * nothing is sent. An address, because of a name Node would ask whether it is one, and to compile that question
 * takes longer than all the rest of a first connect.
 * The way by process.binding() is deprecated, and closed where Node runs with --permission.
 */
function findTcpHandleClass(): TcpHandleClass {
  const socket = new net.Socket();
  socket.connect(PLACEHOLDER_ADDRESS);
  const handle = (socket as { _handle?: TcpHandle | null })._handle;
  socket.destroy();
  if (!handle) throw new Error(`Node ${process.version} does not show the handle of its sockets`);
  return handle.constructor as TcpHandleClass;
}

function open(handle: TcpHandle, socket: number): void {
  const errno = handle.open(socket);
  if (errno === 0) return;
  addon().close(socket);
  throw new AdoptError(errno);
}

/** A handle that somebody else connects; an ordinary one when that is done. */
interface HandleToConnect extends TcpHandle {
  hasConnected(): void;
}

type HandleToConnectClass = new (
  connector: Connector,
  begin: (request: ConnectRequest) => void,
) => HandleToConnect;

let handleToConnectClass: HandleToConnectClass | undefined;

/** Made when it is needed first: Node's own class is found only then. */
function makeHandleToConnectClass(): HandleToConnectClass {
  tcpHandleClass ??= findTcpHandleClass();
  return class extends tcpHandleClass implements HandleToConnect {
    private connector: Connector | undefined;

    constructor(
      connector: Connector,
      private readonly begin: (request: ConnectRequest) => void,
    ) {
      super(FOR_A_CONNECTION);
      this.connector = connector;
    }

    hasConnected(): void {
      this.connector = undefined;
    }

    override connect(request: ConnectRequest): number {
      this.begin(request);
      return 0;
    }

    override connect6(request: ConnectRequest): number {
      return this.connect(request);
    }

    override close(callback?: () => void): void {
      this.connector?.end();
      super.close(callback);
    }

    override ref(): void {
      this.connector?.setRef(true);
      super.ref();
    }

    override unref(): void {
      this.connector?.setRef(false);
      super.unref();
    }
  };
}

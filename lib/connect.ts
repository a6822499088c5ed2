// connect(): a net.Socket at once, as net.connect() gives one, that connects to whichever endpoint of a
// list answers.

import * as net from 'node:net';
import { addAbortSignal } from 'node:stream';

import type { Attempt } from './attempts/attempt';
import { connectSocket } from './connect-socket';
import {
  formatEndpoint,
  readEndpoints,
  type Endpoint,
  type EndpointList,
} from './endpoints/endpoints';
import { readOptions, type ConnectOptions, type Settings } from './options/options';
import { HeldHandle, nodeConnect, type Found } from './sockets/connect-through-node';
import { KnownAttempts } from './sockets/socket-events';
import { invalidArgType, invalidArgValue } from './util/argument-errors';
import { nextTick } from './util/timers';

/**
 * The options of connectByList(), but for `tls` and `handshake`, which make a socket of their own: use
 * connectByList(), or wrap the socket with tls.connect().
 */
export type SocketConnectOptions = Omit<ConnectOptions, 'tls' | 'handshake'>;

/** A net.Socket that has been connected, or is being connected, to one endpoint of a list. */
export interface ListSocket extends net.Socket {
  /**
   * While the socket connects, the attempts that have ended so far; then all of them, in the order of their starts.
   */
  readonly attempts: readonly Attempt[];
}

/**
 * Like net.connect(), for a list of endpoints: a net.Socket at once, with `connecting` true. It connects
 * as connectByList() does, and then emits 'connect' and 'ready'; when nothing connects it emits 'error' with
 * a ConnectError, and 'close'. What is written meanwhile is queued, destroy() ends all attempts, unref()
 * lets the process end without them. With the race engine it emits 'connectionAttempt',
 * 'connectionAttemptFailed' and 'connectionAttemptTimeout' with the arguments that net's have.
 *
 * @example
 * ```ts
 * const socket = connect(['192.0.2.1:80', '192.0.2.2:80'], () => socket.write('hello'));
 * socket.on('error', (error) => console.error(error.message));
 * ```
 * @param endpoints as for connectByList().
 * @param options see ConnectOptions; times are in ms. As in net.connect(), `signal` destroys the socket, now
 *   or when it has connected. Unlike there, `timeout` is the limit for connecting and not of idleness, for
 *   which the socket has setTimeout().
 * @param connectListener is added for 'connect', once.
 * @throws TypeError or RangeError with Node's `ERR_*` code, at once, when an argument is bad.
 */
export function connect(
  endpoints: EndpointList,
  options: SocketConnectOptions,
  connectListener?: () => void,
): ListSocket;
export function connect(endpoints: EndpointList, connectListener?: () => void): ListSocket;
export function connect(
  endpoints: EndpointList,
  given: SocketConnectOptions | (() => void) = {},
  listenerGiven?: () => void,
): ListSocket {
  const calledAt = performance.now();
  const [options, connectListener] =
    typeof given === 'function' ? [{}, given] : [given, listenerGiven];
  const settings = readOptions(options);
  for (const name of ['tls', 'handshake'] as const) {
    if (settings[name] === undefined) continue;
    const reason =
      'is supported by connectByList() only; for TLS, pass the socket to tls.connect({ socket })';
    throw invalidArgValue(`options.${name}`, settings[name], reason);
  }
  if (connectListener !== undefined && typeof connectListener !== 'function') {
    throw invalidArgType('connectListener', 'of type function', connectListener);
  }
  const asked = readEndpoints(endpoints);

  const socket = new SocketToList(settings);
  socket.begin(asked, calledAt);
  if (connectListener) socket.once('connect', connectListener);
  return socket;
}

/** A net.Socket that Node believes to connect by itself, and that the engine connects. */
class SocketToList extends net.Socket implements ListSocket {
  readonly #known = new KnownAttempts();
  readonly #settings: Settings;

  constructor(settings: Settings) {
    super(toSocketInit(settings));
    this.#settings = settings;
  }

  get attempts(): readonly Attempt[] {
    return this.#known.read();
  }

  /**
   * While the socket connects, a further connect() only adds its listener: some libraries call it on every socket
   * they are given.
   */
  override connect(...given: unknown[]): this {
    if (!this.connecting) return super.connect(...(given as [net.SocketConnectOpts]));
    const listener = given.at(-1);
    if (typeof listener === 'function') this.once('connect', listener as () => void);
    return this;
  }

  begin(asked: readonly Endpoint[], calledAt: number): void {
    const settings = this.#settings;
    const call = { socket: this, settings, calledAt, known: this.#known };
    const [first] = asked as [Endpoint];
    const lookup = (_: string, _options: object, found: Found): void => {
      // Waits two ticks: in the first, users of the socket add their listeners, as they do on 'socket' of http.Agent.
      nextTick(() =>
        nextTick(() => {
          if (!this.destroyed) connectSocket(asked, call, handle, found);
        }),
      );
    };
    // Node does not call `lookup` for an IP address, so 'host:port' is passed as the host.
    const host = first.family === 0 ? first.host : formatEndpoint(first);
    nodeConnect.call(this, { host, port: first.port, lookup, autoSelectFamily: false });
    const handle = new HeldHandle(this);
    // Not among the options of the constructor: connect() would revive what an aborted signal has destroyed.
    if (settings.signal) addAbortSignal(settings.signal, this);
  }
}

function toSocketInit(settings: Settings): net.SocketConstructorOpts {
  const { allowHalfOpen, highWaterMark, onread, keepAlive, keepAliveInitialDelay, noDelay } =
    settings;
  // Undefined is absent to Node; its type does not say so.
  return {
    allowHalfOpen,
    highWaterMark,
    onread,
    keepAlive,
    keepAliveInitialDelay,
    noDelay,
  } as object;
}

// connect(): a net.Socket at once, as net.connect() gives one, that connects to whichever endpoint of a
// list answers.

import * as net from 'node:net';
import { addAbortSignal } from 'node:stream';

import {
  eachOf,
  toAttempt,
  type Attempt,
  type AttemptListener,
  type Outcome,
  type ResolvedAddress,
  type Row,
  type RowStart,
} from './attempts/attempt';
import { adoptFailure, attemptError, ConnectError } from './attempts/connect-error';
import { tracedCall } from './attempts/diagnostics';
import { checkPermission, connectionOf, throwIfFailed } from './connection';
import {
  formatEndpoint,
  readEndpoints,
  type Endpoint,
  type EndpointList,
} from './endpoints/endpoints';
import type { EngineResult } from './engines/engine';
import { runEngine } from './engines/run-engine';
import type { Call, CallControl, Refable } from './options/call';
import { readOptions, type ConnectOptions, type Settings } from './options/options';
import type { AdoptError } from './sockets/adopt';
import { connectThroughNode } from './sockets/connect-through-node';
import { invalidArgType, invalidArgValue } from './util/argument-errors';
import { nextTick } from './util/timers';

/**
 * The options of connectByList(), but for `tls` and `handshake`, which make a socket of their own: use
 * connectByList(), or wrap the socket with tls.connect().
 */
export type SocketConnectOptions = Omit<ConnectOptions, 'tls' | 'handshake'>;

/** A net.Socket that has been connected, or is being connected, to one endpoint of a list. */
export interface ListSocket extends net.Socket {
  /** What was tried: as far as it has ended while it connects, then all, in the order of the starts. */
  readonly attempts: readonly Attempt[];
}

/**
 * Like net.connect(), for a list of endpoints: a net.Socket at once, with `connecting` true. It connects
 * as connectByList() does, and then emits 'connect' and 'ready'; when nothing connects it emits 'error' with
 * a ConnectError, and 'close'. What is written meanwhile is queued, destroy() ends all attempts, unref()
 * lets the process end without them. With the race engine it emits 'connectionAttempt',
 * 'connectionAttemptFailed' and 'connectionAttemptTimeout' with the arguments that net's have.
 *
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
    const reason = 'is for connectByList(); here, wrap the socket: tls.connect({ socket })';
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
  /** Node is being told of the connection: what it then emits of a lookup and an attempt is not what has happened. */
  #isMuted = false;

  constructor(settings: Settings) {
    super(toSocketInit(settings));
    this.#settings = settings;
  }

  get attempts(): readonly Attempt[] {
    return this.#known.read();
  }

  /** Some libraries call this on whatever they are given: while it connects the list decides where to. */
  override connect(...given: unknown[]): this {
    if (!this.connecting) return super.connect(...(given as [net.SocketConnectOpts]));
    const listener = given.at(-1);
    if (typeof listener === 'function') this.once('connect', listener as () => void);
    return this;
  }

  override emit(event: string | symbol, ...given: unknown[]): boolean {
    if (this.#isMuted && (event === 'lookup' || event === 'connectionAttempt')) return false;
    return super.emit(event, ...given);
  }

  begin(asked: readonly Endpoint[], calledAt: number): void {
    const settings = this.#settings;
    const known = this.#known;
    const control = new SocketControl();
    const [first] = asked as [Endpoint];
    // 'host:port' is no IP address, of which Node would not ask for the address.
    const name = first.family === 0 ? first.host : formatEndpoint(first);
    const connecting = connectThroughNode(this, { name, port: first.port }, () => {
      const call = { settings, calledAt, control, listener: undefined };
      this.#run(asked, call).then(
        (made) => {
          // In a turn of its own: what a listener of the socket throws is no rejected promise, but uncaught.
          nextTick(() => {
            const failure = (error: AdoptError): Error => adoptFailure(made, error);
            const { address } = made.readRemoteAddress();
            this.#isMuted = true;
            connecting.connected(made.takeSocket() as number, address, failure);
            this.#isMuted = false;
          });
        },
        (error: unknown) => {
          if (error instanceof ConnectError) known.setAll(() => error.attempts);
          nextTick(() => void this.destroy(error as Error));
        },
      );
    });
    connecting.onClose(() => control.abort());
    connecting.onRefChange((isRef) => control.setRef(isRef));
    // Not among the options of the constructor: connect() would revive what an aborted signal has destroyed.
    if (settings.signal) addAbortSignal(settings.signal, this);
  }

  async #run(asked: readonly Endpoint[], call: Call): Promise<EngineResult> {
    let made: EngineResult | undefined;
    await tracedCall(asked, call.calledAt, async (tracer) => {
      checkPermission();
      const listener = new SocketEvents(this, this.#known, tracer);
      const result = (made = await runEngine(asked, { ...call, listener }));
      throwIfFailed(result);
      this.#known.setAll(() => Array.from(eachOf(result.readRows()), toAttempt));
      return connectionOf(this, result);
    });
    return made as EngineResult;
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

/** The attempts of one call: those that have ended so far, and all of them when the call has. */
class KnownAttempts {
  private readonly ended: (() => Row)[] = [];
  private readAll: (() => readonly Attempt[]) | undefined;
  private all: readonly Attempt[] | undefined;

  add(read: () => Row): void {
    this.ended.push(read);
  }

  setAll(readAll: () => readonly Attempt[]): void {
    this.readAll = readAll;
  }

  read(): readonly Attempt[] {
    this.all ??= this.readAll?.();
    return this.all ?? this.ended.map((read) => toAttempt(read()));
  }
}

/** What the owner of a socket can do to its call: destroy(), ref() and unref(). */
class SocketControl implements CallControl {
  aborted = false;
  reason: unknown;
  isRef = true;
  private onAbort: (() => void) | undefined;
  private refable: Refable | undefined;

  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = new Error('The socket was destroyed before it had connected');
    this.onAbort?.();
  }

  setRef(isRef: boolean): void {
    this.isRef = isRef;
    this.refable?.setRef(isRef);
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
}

/** Emits on a socket how its lookups and attempts go, with the events of net.Socket. */
class SocketEvents implements AttemptListener {
  constructor(
    private readonly socket: net.Socket,
    private readonly known: KnownAttempts,
    private readonly next: AttemptListener | undefined,
  ) {}

  resolved(host: string, error: Error | undefined, addresses: readonly ResolvedAddress[]): void {
    if (error) this.emit('lookup', () => [error, undefined, undefined, host]);
    for (const { address, family } of addresses) {
      this.emit('lookup', () => [null, address, family, host]);
    }
  }

  started(index: number, read: () => RowStart): void {
    this.emit('connectionAttempt', () => placeOf(read()));
    this.next?.started(index, read);
  }

  ended(index: number, outcome: Outcome, read: () => Row): void {
    this.known.add(read);
    if (outcome === 'failed') {
      this.emit('connectionAttemptFailed', () => [...placeOf(read()), attemptError(read())]);
    }
    if (outcome === 'timeout') this.emit('connectionAttemptTimeout', () => placeOf(read()));
    this.next?.ended(index, outcome, read);
  }

  private emit(event: string, argumentsOf: () => readonly unknown[]): void {
    if (this.socket.destroyed || this.socket.listenerCount(event) === 0) return;
    try {
      this.socket.emit(event, ...argumentsOf());
    } catch (error) {
      // A listener's error is its own: it must not end the call half-way.
      nextTick(() => {
        throw error;
      });
    }
  }
}

/** The arguments of net's events: address, port, family. */
function placeOf({ address, port }: RowStart): [string | undefined, number, 4 | 6] {
  return [address, port, address?.includes(':') ? 6 : 4];
}

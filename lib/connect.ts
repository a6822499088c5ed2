// connect(): a net.Socket at once, as net.connect() gives one, that connects to whichever endpoint of a
// list answers.

import type * as net from 'node:net';

import {
  eachOf,
  toAttempt,
  type Attempt,
  type AttemptListener,
  type Outcome,
  type Row,
  type RowStart,
} from './attempts/attempt';
import { ConnectError } from './attempts/connect-error';
import { tracedCall } from './attempts/diagnostics';
import { adoptFailure, attemptError } from './attempts/failure';
import { throwIfFailed, checkPermission } from './connection';
import { readEndpoints, type EndpointLike } from './endpoints/endpoints';
import type { EngineResult } from './engines/engine';
import { runEngine } from './engines/run-engine';
import type { CallControl, Waiting } from './options/call';
import { readOptions, type ConnectOptions, type Settings } from './options/options';
import {
  SocketToConnect,
  type AdoptError,
  type ConnectingSocket,
  type Connector,
} from './sockets/socket';
import { invalidArgType, invalidArgValue } from './util/argument-errors';

/** The options of connectByList(), but for `tls`: wrap the socket with tls.connect() instead. */
export type SocketConnectOptions = Omit<ConnectOptions, 'tls'>;

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
  endpoints: Iterable<EndpointLike>,
  options: SocketConnectOptions,
  connectListener?: () => void,
): ListSocket;
export function connect(
  endpoints: Iterable<EndpointLike>,
  connectListener?: () => void,
): ListSocket;
export function connect(
  endpoints: Iterable<EndpointLike>,
  given: SocketConnectOptions | (() => void) = {},
  listenerGiven?: () => void,
): ListSocket {
  const calledAt = performance.now();
  const [options, connectListener] =
    typeof given === 'function' ? [{}, given] : [given, listenerGiven];
  const settings = readOptions(options);
  if (settings.tls !== undefined) {
    const reason = 'is for connectByList(); here, wrap the socket: tls.connect({ socket })';
    throw invalidArgValue('options.tls', settings.tls, reason);
  }
  if (connectListener !== undefined && typeof connectListener !== 'function') {
    throw invalidArgType('connectListener', 'of type function', connectListener);
  }
  const asked = readEndpoints(endpoints);

  const known = new KnownAttempts();
  const make = async (): Promise<EngineResult> => {
    let made: EngineResult | undefined;
    // To those who listen the socket is what is made.
    await tracedCall(asked, async (tracer) => {
      checkPermission();
      const listener = new SocketEvents(socket, known, tracer);
      made = await runEngine(asked, { settings, calledAt, control: connector, listener });
      throwIfFailed(made);
      return socket;
    });
    return made as EngineResult;
  };
  const connector: ListConnector = new ListConnector(async () => {
    try {
      const made = await make();
      known.settle(() => Array.from(eachOf(made.readRows()), toAttempt));
      return made;
    } catch (error) {
      if (error instanceof ConnectError) known.settle(() => error.attempts);
      throw error;
    }
  });
  const socket = new SocketToList(settings, connector, known);
  if (connectListener) socket.once('connect', connectListener);
  return socket;
}

class SocketToList extends SocketToConnect implements ListSocket {
  readonly #known: KnownAttempts;

  constructor(settings: Settings, connector: Connector, known: KnownAttempts) {
    super(settings, connector);
    this.#known = known;
  }

  get attempts(): readonly Attempt[] {
    return this.#known.read();
  }
}

/** The attempts of one call: those that have ended so far, and all of them when the call has. */
class KnownAttempts {
  private readonly ended: (() => Row)[] = [];
  private readAll: (() => readonly Attempt[]) | undefined;
  private all: readonly Attempt[] | undefined;

  add(read: () => Row): void {
    this.ended.push(read);
  }

  settle(readAll: () => readonly Attempt[]): void {
    this.readAll = readAll;
  }

  read(): readonly Attempt[] {
    this.all ??= this.readAll?.();
    return this.all ?? this.ended.map((read) => toAttempt(read()));
  }
}

/** Connects a socket, and lets the socket's owner have a say meanwhile. */
class ListConnector implements Connector, CallControl {
  aborted = false;
  reason: unknown;
  isRef = true;
  private onAbort: (() => void) | undefined;
  private waiting: Waiting | undefined;

  constructor(private readonly make: () => Promise<EngineResult>) {}

  begin(socket: ConnectingSocket): void {
    // In a turn of its own: what a listener of the socket throws is no rejected promise, but uncaught.
    this.make().then(
      (made) => {
        const failure = (error: AdoptError): Error => adoptFailure(made, error);
        process.nextTick(() => socket.connected(made.takeSocket() as number, failure));
      },
      (error: unknown) => process.nextTick(() => socket.failed(error as Error)),
    );
  }

  end(): void {
    this.aborted = true;
    this.reason = new Error('The socket was destroyed before it had connected');
    this.onAbort?.();
  }

  setRef(isRef: boolean): void {
    this.isRef = isRef;
    this.waiting?.setRef(isRef);
  }

  addEventListener(_: 'abort', onAbort: () => void): void {
    this.onAbort = onAbort;
  }

  removeEventListener(): void {
    this.onAbort = undefined;
  }

  hold(waiting: Waiting): () => void {
    this.waiting = waiting;
    if (!this.isRef) waiting.setRef(false);
    return () => {
      // The next one may be there already.
      if (this.waiting === waiting) this.waiting = undefined;
    };
  }
}

/** Says on a socket how its attempts go, in the words of net.Socket. */
class SocketEvents implements AttemptListener {
  constructor(
    private readonly socket: net.Socket,
    private readonly known: KnownAttempts,
    private readonly next: AttemptListener | undefined,
  ) {}

  started(index: number, read: () => RowStart): void {
    this.emit('connectionAttempt', read);
    this.next?.started(index, read);
  }

  ended(index: number, outcome: Outcome, read: () => Row): void {
    this.known.add(read);
    if (outcome === 'failed')
      this.emit('connectionAttemptFailed', read, () => attemptError(read()));
    if (outcome === 'timeout') this.emit('connectionAttemptTimeout', read);
    this.next?.ended(index, outcome, read);
  }

  private emit(event: string, read: () => RowStart, readError?: () => Error): void {
    if (this.socket.destroyed || this.socket.listenerCount(event) === 0) return;
    const { address, port } = read();
    const family = address?.includes(':') ? 6 : 4;
    const rest = readError ? [readError()] : [];
    try {
      this.socket.emit(event, address, port, family, ...rest);
    } catch (error) {
      // A listener's error is its own: it must not end the call half-way.
      process.nextTick(() => {
        throw error;
      });
    }
  }
}

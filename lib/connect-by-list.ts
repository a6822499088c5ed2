// connectByList(): the way of the data, from a list of endpoints to a Connection.

import type * as net from 'node:net';

import type { Attempt } from './attempt';
import { ConnectError } from './connect-error';
import { readEndpoints, type Endpoint, type EndpointLike } from './endpoints';
import { accessDenied } from './errors';
import { closeSocket, race, toSocketAddress, type RaceResult } from './native';
import { readOptions, type ConnectOptions, type Engine, type Settings } from './options';
import { Resolution } from './resolve';
import { adopt } from './socket';

/** A connection that was made, and how. */
export interface Connection {
  /** Connected, and reading. */
  readonly socket: net.Socket;
  readonly localAddress: net.SocketAddress;
  /** Which endpoint it was; an IPv4-mapped address is given as IPv4. */
  readonly remoteAddress: net.SocketAddress;
  /** Who made the attempts. */
  readonly engine: Engine;
  /** What was tried, in the order in which it started. */
  readonly attempts: readonly Attempt[];
}

/**
 * Connects to one endpoint out of a list: whichever answers first.
 *
 * Attempts start in the order given, the next one when `attemptDelay` has passed or at once when one
 * fails; none is ended because another one started; the first to connect wins, and the others are closed
 * (RFC 8305 section 5; WSAConnectByList, learn.microsoft.com/windows/win32/api/winsock2).
 *
 * @param endpoints at least 1 and at most 100,000 endpoints, each with its own port.
 * @param options see ConnectOptions; times are in ms.
 * @returns the connection; its `socket` is the caller's to use and to close.
 * @throws ConnectError when nothing connected, with one error for each attempt.
 * @throws TypeError or RangeError with Node's `ERR_*` code when an argument is bad: nothing was tried.
 * @throws the signal's reason when `signal` is or gets aborted.
 */
export async function connectByList(
  endpoints: Iterable<EndpointLike>,
  options: ConnectOptions = {},
): Promise<Connection> {
  const calledAt = performance.now();
  const elapsed = (): number => performance.now() - calledAt;
  const settings = readOptions(options);
  const asked = readEndpoints(endpoints);
  settings.signal?.throwIfAborted();
  checkPermission();

  const hasNames = asked.some(({ family }) => family === 0);
  const resolution = hasNames ? new Resolution(asked, settings.lookup, elapsed) : undefined;
  const inTime = resolution ? await within(resolution.done, settings) : true;
  const { endpoints: targets, failures } = resolution?.result() ?? {
    endpoints: asked,
    failures: [],
  };
  if (!inTime || targets.length === 0) {
    const timeout = inTime ? undefined : settings.timeout;
    throw new ConnectError(failures, { timeout, untried: targets });
  }

  const result = await runRace(targets, settings, elapsed());
  const attempts = (): Attempt[] => [...failures, ...result.readAttempts()];
  if (result.socket < 0) {
    const tried = attempts();
    throw new ConnectError(tried, {
      timeout: result.verdict === 'deadline' ? settings.timeout : undefined,
      untried: targets.slice(tried.length - failures.length),
    });
  }
  return new MadeConnection(adoptOrClose(result.socket, settings), result, targets, attempts);
}

/** Addresses and attempts become objects when somebody asks for them: mostly nobody does. */
class MadeConnection implements Connection {
  readonly engine = 'race';
  readonly #result: RaceResult;
  readonly #winner: Endpoint;
  readonly #readAttempts: () => readonly Attempt[];
  #attempts: readonly Attempt[] | undefined;

  constructor(
    readonly socket: net.Socket,
    result: RaceResult,
    targets: readonly Endpoint[],
    readAttempts: () => readonly Attempt[],
  ) {
    this.#result = result;
    this.#winner = targets[result.winner] as Endpoint;
    this.#readAttempts = readAttempts;
  }

  get localAddress(): net.SocketAddress {
    return this.#result.readLocalAddress() as net.SocketAddress;
  }

  get remoteAddress(): net.SocketAddress {
    return toSocketAddress(this.#winner.address, this.#winner.port) as net.SocketAddress;
  }

  get attempts(): readonly Attempt[] {
    this.#attempts ??= this.#readAttempts();
    return this.#attempts;
  }
}

/** Runs the race; rejects with the signal's reason when it is aborted. `startsAt`: ms from the call. */
function runRace(
  targets: readonly Endpoint[],
  { attemptDelay, attemptTimeout, timeout, signal }: Settings,
  startsAt: number,
): Promise<RaceResult> {
  const times = { attemptDelay, attemptTimeout, timeout: timeout - startsAt };
  return orAbort(signal, (resolve) => race(targets, times, startsAt, resolve));
}

/**
 * Waits for `work`, but no longer than the call's timeout: false when that struck first. Rejects with the
 * signal's reason when it is aborted.
 */
function within(work: Promise<void>, { timeout, signal }: Settings): Promise<boolean> {
  return orAbort(signal, (resolve, reject) => {
    const wait = Math.min(timeout, MOST_TIMER);
    const timer = timeout === Infinity ? undefined : setTimeout(resolve, wait, false);
    const stop = (): void => clearTimeout(timer);
    work.then(() => resolve(true), reject).finally(stop);
    return stop;
  });
}

/**
 * A promise that `start` settles, unless the signal is aborted first: then it rejects with the signal's
 * reason, after what `start` began has been ended by the function that `start` returned.
 */
function orAbort<T>(
  signal: AbortSignal | undefined,
  start: (resolve: (value: T) => void, reject: (reason: unknown) => void) => () => void,
): Promise<T> {
  if (!signal) return new Promise((resolve, reject) => void start(resolve, reject));
  return new Promise<T>((resolve, reject) => {
    signal.throwIfAborted();
    const onAbort = (): void => {
      reject(signal.reason); // Before the end: what comes out of it is too late.
      end();
    };
    const settled = (): void => signal.removeEventListener('abort', onAbort);
    signal.addEventListener('abort', onAbort, { once: true });
    const end = start(
      (value) => {
        settled();
        resolve(value);
      },
      (reason) => {
        settled();
        reject(reason);
      },
    );
  });
}

/** The longest that setTimeout can wait, in ms: 24.8 days. */
const MOST_TIMER = 2 ** 31 - 1;

function adoptOrClose(descriptor: number, settings: Settings): net.Socket {
  try {
    return adopt(descriptor, settings);
  } catch (error) {
    closeSocket(descriptor);
    throw error;
  }
}

/**
 * An addon could open sockets where Node's permission model forbids them. This one does not: it keeps
 * what `node --permission` without `--allow-net` promises. Before Node 25 the model has no say in
 * networking, and answers that 'net' is not permitted because it does not know the word.
 */
function checkPermission(): void {
  // Node has the property only when it runs with --permission; its type does not say so.
  const { permission } = process as Partial<Pick<NodeJS.Process, 'permission'>>;
  if (!permission || permission.has('net')) return;
  if (!process.allowedNodeEnvironmentFlags.has('--allow-net')) return;
  throw accessDenied('Access to this API has been restricted. Use --allow-net to permit it.');
}

// connectByList(): the way of the data, from a list of endpoints to a Connection.

import type * as net from 'node:net';

import type { Attempt } from './attempt';
import { readEndpoints, type EndpointLike } from './endpoints';
import { chooseEngine, type Engine, type Made } from './engine';
import { accessDenied } from './errors';
import { raceFailure } from './failure';
import { addon } from './native';
import { readOptions, type ConnectOptions, type Settings } from './options';
import { orAbort } from './or-abort';
import { allPairs, type AddressPair } from './pairs';
import { connectByRace } from './race-engine';
import { adopt } from './socket';
import { Targets } from './targets';
import { connectByWinsock } from './winsock-engine';

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
 * With the race engine the best pair of addresses is tried first (RFC 6724 section 6; the order given
 * decides between equals), the next one when `attemptDelay` has passed or at once when one fails; none is
 * ended because another one started; the first to connect wins, and the others are closed (RFC 8305
 * section 5). With the winsock engine Windows decides (WSAConnectByList,
 * learn.microsoft.com/windows/win32/api/winsock2).
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

  const engine = chooseEngine(settings);

  const targets = new Targets(asked, settings, elapsed);
  if (targets.resolution) {
    const { begun, done } = targets.resolution;
    // Winsock takes the list as a whole, and a policy sees it as a whole.
    const isWhole = engine === 'winsock' || settings.policy !== undefined;
    const inTime = await within(isWhole ? done : begun, settings);
    targets.take();
    if (!inTime) throw raceFailure(targets.rowsAtDeadline(), settings.timeout, targets.known);
  }
  if (targets.isComplete && targets.known.length === 0) {
    throw raceFailure(targets.rows(), undefined, []);
  }

  const connect = engine === 'winsock' ? connectByWinsock : connectByRace;
  const made = await connect(targets, settings, elapsed());
  return new MadeConnection(adoptOrClose(made.socket, settings), engine, made);
}

/**
 * What connectByList() would try with the race engine, best first: destinations in the order of RFC 6724
 * section 6, families in turn (RFC 8305 section 4), then the other local addresses of each.
 *
 * @param endpoints as for connectByList(); names are looked up with dns.lookup.
 * @throws ConnectError when no name has an address.
 * @throws TypeError or RangeError as connectByList() does.
 */
export async function sortAddressPairs(endpoints: Iterable<EndpointLike>): Promise<AddressPair[]> {
  const calledAt = performance.now();
  const targets = new Targets(readEndpoints(endpoints), {}, () => performance.now() - calledAt);
  await targets.resolution?.done;
  targets.take();
  if (targets.known.length === 0) throw raceFailure(targets.rows(), undefined, []);
  return allPairs(targets.known);
}

/** Addresses and attempts become objects when somebody asks for them: mostly nobody does. */
class MadeConnection implements Connection {
  readonly #made: Made;
  #attempts: readonly Attempt[] | undefined;

  constructor(
    readonly socket: net.Socket,
    readonly engine: Engine,
    made: Made,
  ) {
    this.#made = made;
  }

  get localAddress(): net.SocketAddress {
    return this.#made.readLocalAddress();
  }

  get remoteAddress(): net.SocketAddress {
    return this.#made.readRemoteAddress();
  }

  get attempts(): readonly Attempt[] {
    this.#attempts ??= this.#made.readAttempts();
    return this.#attempts;
  }
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

/** The longest that setTimeout can wait, in ms: 24.8 days. */
const MOST_TIMER = 2 ** 31 - 1;

function adoptOrClose(descriptor: number, settings: Settings): net.Socket {
  try {
    return adopt(descriptor, settings);
  } catch (error) {
    addon().close(descriptor);
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

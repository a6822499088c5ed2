// connectByList(): the way of the data, from a list of endpoints to a Connection.

import { checkPermission, toConnection, type Connection } from './connection';
import { readEndpoints, type EndpointLike } from './endpoints';
import { chooseEngine } from './engine';
import { raceFailure } from './failure';
import { readOptions, type ConnectOptions, type Settings } from './options';
import { orAbort } from './or-abort';
import { allPairs, type AddressPair } from './pairs';
import { connectByRace } from './race-engine';
import { Targets } from './targets';
import { connectByWinsock } from './winsock-engine';

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
  const made = await connect(targets, settings, elapsed);
  return toConnection(made, engine, settings);
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

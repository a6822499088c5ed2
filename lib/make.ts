// The way of a call: from a checked list to a connected socket, by the engine that is best here.

import type { Call } from './call';
import type { Endpoint } from './endpoints';
import { chooseEngine, type Made } from './engine';
import { raceFailure } from './failure';
import { orAbort } from './or-abort';
import { connectByRace } from './race-engine';
import { Targets } from './targets';
import { connectByWinsock } from './winsock-engine';

export async function makeConnection(asked: readonly Endpoint[], call: Call): Promise<Made> {
  const { settings, elapsed } = call;
  const engine = chooseEngine(settings);
  const targets = new Targets(asked, settings, elapsed);
  if (targets.resolution) {
    const { begun, done } = targets.resolution;
    // Winsock takes the list as a whole, and a policy sees it as a whole.
    const isWhole = engine === 'winsock' || settings.policy !== undefined;
    const inTime = await within(isWhole ? done : begun, call);
    targets.take();
    if (!inTime) throw raceFailure(targets.rowsAtDeadline(), settings.timeout, targets.known);
  }
  if (targets.isComplete && targets.known.length === 0) {
    throw raceFailure(targets.rows(), undefined, []);
  }
  const connect = engine === 'winsock' ? connectByWinsock : connectByRace;
  return connect(targets, call);
}

/**
 * Waits for `work`, but no longer than the call's timeout: false when that struck first. Rejects with the
 * reason when the call is given up.
 */
function within(work: Promise<void>, { settings, control }: Call): Promise<boolean> {
  const { timeout } = settings;
  return orAbort(control, (resolve, reject) => {
    const timer =
      timeout === Infinity ? undefined : setTimeout(resolve, Math.min(timeout, MOST_TIMER), false);
    const release = timer && control?.hold?.({ setRef: (isRef) => setRef(timer, isRef) });
    const stop = (): void => {
      clearTimeout(timer);
      release?.();
    };
    work.then(() => resolve(true), reject).finally(stop);
    return stop;
  });
}

function setRef(timer: NodeJS.Timeout, isRef: boolean): void {
  if (isRef) timer.ref();
  else timer.unref();
}

/** The longest that setTimeout can wait, in ms: 24.8 days. */
const MOST_TIMER = 2 ** 31 - 1;

// Runs a call, from a checked list to a connected socket: resolves names, chooses the engine, connects.

import { noTargetsFailure, timeoutFailure } from '../attempts/connect-error';
import type { Endpoint } from '../endpoints/endpoints';
import { elapsed, type Call } from '../options/call';
import type { Engine } from '../options/options';
import type { Resolution } from '../resolution/resolve';
import { ResolvedEndpoints } from '../resolution/resolved-endpoints';
import { orAbort } from '../util/abortable';
import { startDeadline } from '../util/deadline';
import { chooseEngine, type EngineResult, type WinsockFunction } from './engine';
import { connectByRace } from './race/race-engine';
import { connectByWinsock, connectNameByWinsock } from './winsock/winsock-engine';

/**
 * Returns the result itself, not a promise, where it is known immediately.
 *
 * @param needed the function of Winsock that the call is for; WSAConnectByName takes one endpoint.
 */
export function runEngine(
  asked: readonly Endpoint[],
  call: Call,
  needed: WinsockFunction = 'WSAConnectByList',
): EngineResult | Promise<EngineResult> {
  const engine = chooseEngine(call.settings, needed, asked);
  if (engine === 'winsock' && needed === 'WSAConnectByName') {
    return connectNameByWinsock(asked[0] as Endpoint, call);
  }
  const targets = new ResolvedEndpoints(asked, call);
  if (!targets.resolution) return connectTo(targets, engine, call);
  return resolved(targets, targets.resolution, engine, call);
}

/** When enough of the names have their addresses. */
async function resolved(
  targets: ResolvedEndpoints,
  { begun, done }: Resolution,
  engine: Engine,
  call: Call,
): Promise<EngineResult> {
  const { policy } = call.settings;
  // Winsock takes the list as a whole, and a policy sees it as a whole.
  const isWhole = engine === 'winsock' || policy !== undefined;
  const inTime = await within(isWhole ? done : begun, call);
  targets.drain();
  // At the deadline the race engine still tries the targets that are known, for one turn of the loop. Winsock cannot
  // stop after one turn.
  if (!inTime && (engine === 'winsock' || targets.all.length === 0))
    throw timeoutFailure(targets, call);
  return connectTo(targets, engine, call);
}

function connectTo(
  targets: ResolvedEndpoints,
  engine: Engine,
  call: Call,
): EngineResult | Promise<EngineResult> {
  if (targets.isComplete && targets.all.length === 0) {
    throw noTargetsFailure(targets);
  }
  return engine === 'winsock' ? connectByWinsock(targets, call) : connectByRace(targets, call);
}

/**
 * Waits for `work`, but no longer than the call's timeout: false when that expired first. Rejects with the
 * reason when the call is given up.
 */
function within(work: Promise<void>, call: Call): Promise<boolean> {
  const { settings, control } = call;
  return orAbort(control, (resolve, reject) => {
    const left = Math.max(settings.timeout - elapsed(call), 0);
    const deadline = startDeadline(left, () => resolve(false));
    const release = control?.onRefChange?.(deadline);
    const stop = (): void => {
      deadline.clear();
      release?.();
    };
    work.then(() => resolve(true), reject).finally(stop);
    return stop;
  });
}

// The race engine: our own attempts, as RFC 8305 section 5 says, on every platform.

import { planRace, planRaceInTurns, type Plan } from '../../address-selection/candidates';
import type { Candidate } from '../../address-selection/pair-policy';
import { timeoutFailure } from '../../attempts/connect-error';
import { addon, type More, type RaceListener } from '../../native/addon';
import { elapsed, isLate, type Call, type Refable } from '../../options/call';
import type { ResolvedEndpoints } from '../../resolution/resolved-endpoints';
import { orAbort } from '../../util/abortable';
import { isLong } from '../../util/chunks';
import type { EngineResult } from '../engine';
import { CandidateQueue, type CandidateSink } from './candidate-queue';
import { handshakeOf } from './handshake';
import { RaceProgress } from './race-progress';
import { RaceResult } from './race-result';

/**
 * Returns the result itself, not a promise, where the system answers immediately, as it does for ports of this host.
 */
export function connectByRace(
  targets: ResolvedEndpoints,
  call: Call,
): EngineResult | Promise<EngineResult> {
  const { all } = targets;
  if (!isLong(all.length)) return race(planRace(all, call.settings), targets, call);
  return planRaceInTurns(all, call.settings, call.control, () => isLate(call)).then((plan) => {
    if (plan) return race(plan, targets, call);
    throw timeoutFailure(targets, call);
  });
}

function race(
  plan: Plan,
  targets: ResolvedEndpoints,
  call: Call,
): EngineResult | Promise<EngineResult> {
  const { settings, control, listener } = call;
  const queue = new CandidateQueue(targets, settings, plan, () => isLate(call));
  // Only now: sorting a long list takes its time, and the deadline counts from the call.
  const startsAt = elapsed(call);
  const handshake = handshakeOf(settings);
  const progress =
    listener || handshake
      ? new RaceProgress(queue.candidates, settings, startsAt, handshake, listener)
      : undefined;
  // A function of the caller's, such as the policy, may have given the call up.
  if (control?.aborted) throw control.reason;
  const { batch, more } = queue.take();
  runningRaces(); // The addon must know whom to call before the first race begins.
  const begun = addon().race(
    toText(batch),
    more,
    settings.localPort ?? 0,
    settings.attemptDelay ?? NaN,
    settings.attemptTimeout,
    Math.max(settings.timeout - startsAt, ONE_TURN),
    handshake !== undefined,
    progress !== undefined,
  );
  if (typeof begun === 'number') {
    return new RunningRace(begun, queue, targets, call, startsAt, progress).untilOver();
  }
  const result = new RaceResult(queue.candidates, targets, call, startsAt, begun, undefined);
  progress?.finish(result.lines);
  return result;
}

/**
 * In ms, enough for one turn of the loop: where the deadline has passed while JavaScript blocked the event loop, or
 * while the list was sorted, the race still gets this long.
 */
const ONE_TURN = 1;

/** A race that has started and not ended. */
class RunningRace implements RaceListener, CandidateSink, Refable {
  private resolve: ((result: RaceResult) => void) | undefined;
  private release: (() => void) | undefined;

  constructor(
    private readonly id: number,
    private readonly queue: CandidateQueue,
    private readonly targets: ResolvedEndpoints,
    private readonly call: Call,
    private readonly startsAt: number,
    private readonly progress: RaceProgress | undefined,
  ) {}

  untilOver(): Promise<RaceResult> {
    const { control } = this.call;
    return orAbort(control, (resolve) => {
      this.resolve = resolve;
      this.release = control?.onRefChange?.(this);
      // This is the turn of the loop that started the race; the addon calls back in a later one.
      runningRaces().set(this.id, this);
      this.queue.attach(this);
      this.progress?.begin(this.id);
      return () => addon().abort(this.id);
    });
  }

  finished(outcome: string): void {
    const { queue, targets, call, startsAt, progress } = this;
    queue.attach(undefined);
    this.release?.();
    const { handshakes } = progress ?? {};
    const result = new RaceResult(queue.candidates, targets, call, startsAt, outcome, handshakes);
    this.resolve?.(result);
    progress?.finish(result.lines);
  }

  askForMore(): void {
    this.queue.requestMore();
  }

  changed(): void {
    this.progress?.take();
  }

  offer(candidates: readonly Candidate[], more: More): void {
    addon().offer(this.id, toText(candidates), this.call.settings.localPort ?? 0, more);
  }

  unanswered(): number[] {
    return addon().unanswered(this.id);
  }

  hasAnswered(place: number): boolean {
    return addon().hasAnswered(this.id, place);
  }

  setRef(isRef: boolean): void {
    addon().setRef(this.id, isRef);
  }
}

/** One line for each candidate, in the format that Addon.race() documents. */
function toText(candidates: readonly Candidate[]): string {
  let text = '';
  for (const one of candidates) text = text === '' ? lineOf(one) : `${text}\n${lineOf(one)}`;
  return text;
}

function lineOf({ target, localAddress, attemptDelay }: Candidate): string {
  const remote = `${target.address} ${target.port}`;
  if (localAddress === '' && attemptDelay === 0) return remote;
  return `${remote} ${localAddress || '-'} ${Math.round(attemptDelay * 1000)}`;
}

/**
 * The running races, by their ids. The addon calls one set of callbacks for all of them, because a callback for each
 * would cost more than the race. The map is kept on the addon object, because a test runner may load this module
 * twice, and both copies share the addon.
 */
function runningRaces(): Map<number, RaceListener> {
  const native = addon();
  if (native.running) return native.running;
  const races = new Map<number, RaceListener>();
  native.running = races;
  native.setRaceCallbacks(
    (id, outcome) => {
      const listener = races.get(id);
      races.delete(id);
      listener?.finished(outcome);
    },
    (id) => races.get(id)?.askForMore(),
    (id) => races.get(id)?.changed(),
  );
  return races;
}

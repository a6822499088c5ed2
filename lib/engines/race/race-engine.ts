// The race engine: our own attempts, as RFC 8305 section 5 says, on every platform.

import { planRace, planRaceInTurns, type Plan } from '../../address-selection/candidates';
import type { Pair } from '../../address-selection/pair-policy';
import { timedOut } from '../../attempts/failure';
import { addon, type More, type RaceListener } from '../../native/addon';
import { elapsed, isLate, type Call, type Waiting } from '../../options/call';
import type { ResolvedEndpoints } from '../../resolution/resolved-endpoints';
import { orAbort } from '../../util/abortable';
import { isLong } from '../../util/chunks';
import type { EngineResult } from '../engine';
import { CandidateQueue, type PairTaker } from './candidate-queue';
import { RaceProgress } from './race-progress';
import { RaceResult } from './race-result';
import { follow, listenToRaces } from './running-races';

/** At once where the system answers at once, as it does on this host. */
export function connectByRace(
  targets: ResolvedEndpoints,
  call: Call,
): EngineResult | Promise<EngineResult> {
  const { known } = targets;
  if (!isLong(known.length)) return race(planRace(known, call.settings), targets, call);
  return planRaceInTurns(known, call.settings, call.control, () => isLate(call)).then((plan) => {
    if (plan) return race(plan, targets, call);
    throw timedOut(targets, call);
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
  const progress =
    listener || settings.tls
      ? new RaceProgress(queue.pairs, settings, startsAt, listener)
      : undefined;
  // A function of the caller's, such as the policy, may have given the call up.
  if (control?.aborted) throw control.reason;
  const { batch, more } = queue.take();
  listenToRaces();
  const begun = addon().race(
    toText(batch),
    more,
    settings.localPort ?? 0,
    settings.attemptDelay ?? NaN,
    settings.attemptTimeout,
    Math.max(settings.timeout - startsAt, ONE_TURN),
    settings.tls !== undefined,
    progress !== undefined,
  );
  if (typeof begun === 'number') {
    return new RunningRace(begun, queue, targets, call, startsAt, progress).untilOver();
  }
  const result = new RaceResult(queue.pairs, targets, call, startsAt, begun, undefined);
  progress?.finish(result.lines);
  return result;
}

/**
 * In ms. A deadline that has passed while JavaScript held the loop leaves time to try what the loop has delivered
 * since, and a list that took all of it to be sorted is tried for as long.
 */
const ONE_TURN = 1;

/** A race that goes on. */
class RunningRace implements RaceListener, PairTaker, Waiting {
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
      this.release = control?.hold?.(this);
      follow(this.id, this);
      this.queue.feed(this);
      this.progress?.begin(this.id);
      return () => addon().abort(this.id);
    });
  }

  finished(outcome: string): void {
    const { queue, targets, call, startsAt, progress } = this;
    queue.feed(undefined);
    this.release?.();
    const { handshakes } = progress ?? {};
    const result = new RaceResult(queue.pairs, targets, call, startsAt, outcome, handshakes);
    this.resolve?.(result);
    progress?.finish(result.lines);
  }

  askForMore(): void {
    this.queue.ask();
  }

  changed(): void {
    this.progress?.take();
  }

  offer(pairs: readonly Pair[], more: More): void {
    addon().offer(this.id, toText(pairs), this.call.settings.localPort ?? 0, more);
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

/** As native.ts has it. */
function toText(pairs: readonly Pair[]): string {
  let text = '';
  for (const pair of pairs) text = text === '' ? lineOf(pair) : `${text}\n${lineOf(pair)}`;
  return text;
}

function lineOf({ target, bind, patience }: Pair): string {
  const remote = `${target.address} ${target.port}`;
  if (bind === '' && patience === 0) return remote;
  return `${remote} ${bind || '-'} ${Math.round(patience * 1000)}`;
}

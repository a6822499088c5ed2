// The candidates of a race, as they become known or needed: those of the first plan, a batch at a time; names that
// have their addresses later; what the host has no route to; and, when nothing else is left, other local
// addresses for destinations that have not answered.

import {
  planRace,
  planRaceInTurns,
  unreachableCandidates,
  withSources,
  type CandidateOptions,
  type Plan,
} from '../../address-selection/candidates';
import { otherLocalAddresses } from '../../address-selection/local-addresses';
import type { Candidate } from '../../address-selection/pair-policy';
import type { Endpoint } from '../../endpoints/endpoints';
import { More } from '../../native/addon';
import type { ResolvedEndpoints } from '../../resolution/resolved-endpoints';
import { isLong } from '../../util/chunks';

/** How many pairs are handed over at a time: a few ms of work, however long the list is. */
const BATCH = 512;

/** Takes candidates, and knows which of those it has started were answered. */
export interface CandidateSink {
  /** `more` tells what may still follow them. */
  offer(candidates: readonly Candidate[], more: More): void;
  /** The places of the candidates whose destinations have neither accepted nor refused. */
  unanswered(): number[];
  hasAnswered(place: number): boolean;
}

export class CandidateQueue {
  /** All that were handed over, in the order in which they were. */
  readonly candidates: Candidate[] = [];
  /** What waits to be handed over, from `next` on. */
  private queue: Candidate[];
  private next = 0;
  /** What the host has no route to, and is not in the queue yet. */
  private unreachable: readonly Endpoint[];
  private others: Iterator<Candidate> | undefined;
  /** No other local addresses are left to try. */
  private hasNoOtherSources: boolean;
  /** A name with many addresses is being sorted, a chunk in each turn of the loop. */
  private isPlanning = false;
  /** The race has asked for candidates and has not got any yet. */
  private isAsked = false;
  private sink: CandidateSink | undefined;

  constructor(
    private readonly targets: ResolvedEndpoints,
    private readonly options: CandidateOptions,
    { candidates, unreachable }: Plan,
    private readonly isLate: () => boolean,
  ) {
    this.queue = candidates;
    this.unreachable = unreachable;
    // With `policy` or `localAddress` there are no other local addresses to try.
    this.hasNoOtherSources = options.policy !== undefined || options.localAddress !== undefined;
  }

  /** The next batch, and what may follow it. */
  take(): { batch: readonly Candidate[]; more: More } {
    const batch = this.queue.slice(this.next, this.next + BATCH);
    this.next += batch.length;
    for (const candidate of batch) this.candidates.push(candidate);
    return { batch, more: this.more };
  }

  /** Who takes further candidates; nobody when the race is over. */
  attach(sink: CandidateSink | undefined): void {
    this.sink = sink;
    const { resolution } = this.targets;
    resolution?.notify(sink ? () => this.add() : undefined);
    // Names may have become known while a long list was sorted.
    if (sink && resolution) this.add();
  }

  /** Called when the race has nothing left to start. Answers now, or as soon as a candidate is known. */
  requestMore(): void {
    this.isAsked = true;
    this.add();
  }

  private get more(): More {
    const hasDestinations =
      this.next < this.queue.length || !this.isComplete || this.unreachable.length > 0;
    if (hasDestinations) return More.destinations;
    return this.hasNoOtherSources ? More.nothing : More.sources;
  }

  private add(): void {
    // What becomes known while a long list is sorted comes behind it.
    if (this.isPlanning) return;
    const late = this.options.policy ? [] : this.targets.drain();
    if (isLong(late.length)) void this.planInTurns(late);
    else if (late.length > 0) this.enqueue(planRace(late, this.options), late);
    else if (this.isAsked) this.answer();
  }

  private enqueue({ candidates, unreachable }: Plan, targets: readonly Endpoint[]): void {
    const isFirst = this.next === this.queue.length && candidates.length > 0;
    const [known] = this.unreachable;
    // Endpoints with a higher priority number come after all those with a lower one, even those without a route.
    const isLater = known && targets.some(({ priority }) => priority > known.priority);
    const before = isLater ? unreachableCandidates(this.unreachable) : [];
    this.unreachable = isLater ? unreachable : [...this.unreachable, ...unreachable];
    // One by one: a hundred thousand arguments of one call would overflow the stack.
    for (const list of [before, candidates]) for (const one of list) this.queue.push(one);
    // While candidates are queued, the race asks for the next ones itself.
    if (this.isAsked || isFirst) this.answer();
  }

  /** A name that has thousands of addresses does not hold the loop. */
  private async planInTurns(late: readonly Endpoint[]): Promise<void> {
    this.isPlanning = true;
    const isOver = (): boolean => this.sink === undefined || this.isLate();
    const plan = await planRaceInTurns(late, this.options, undefined, isOver);
    this.isPlanning = false;
    if (!plan || !this.sink) return;
    this.enqueue(plan, late);
    this.add();
  }

  /** No more destinations will become known. With a policy the list was complete from the start. */
  private get isComplete(): boolean {
    return (this.targets.isComplete && !this.isPlanning) || this.options.policy !== undefined;
  }

  private answer(): void {
    if (this.next === this.queue.length && this.isComplete && this.unreachable.length > 0) {
      // A destination that is not known yet comes before one without a route, and before the second pair of
      // any (C07).
      this.queue = unreachableCandidates(this.unreachable);
      this.next = 0;
      this.unreachable = [];
    }
    if (this.next < this.queue.length) return this.push();
    if (this.isAsked && this.isComplete) this.handOtherSource();
  }

  /** One at a time: by the time that the next one is due, its destination may have answered. */
  private handOtherSource(): void {
    if (!this.hasNoOtherSources) {
      this.others ??= this.otherSources();
      const { value } = this.others.next() as IteratorResult<Candidate, undefined>;
      if (value) this.queue.push(value);
      else this.hasNoOtherSources = true;
    }
    this.push();
  }

  /**
   * Round by round: the second source of each destination that has not answered, then the third, and so on. A
   * destination that has accepted or refused is done: from elsewhere it would say the same, or nothing at all.
   */
  private *otherSources(): Generator<Candidate, undefined> {
    const sink = this.sink as CandidateSink;
    const first = sink.unanswered();
    const candidates = withSources(first.map((place) => this.candidates[place] as Candidate));
    const places = new Map(candidates.map(({ target }, i) => [target, [first[i] as number]]));
    for (const candidate of otherLocalAddresses(candidates)) {
      const tried = places.get(candidate.target) as number[];
      if (tried.some((place) => sink.hasAnswered(place))) continue;
      tried.push(this.candidates.length);
      yield candidate;
    }
    return undefined;
  }

  private push(): void {
    this.isAsked = false;
    const { batch, more } = this.take();
    this.sink?.offer(batch, more);
  }
}

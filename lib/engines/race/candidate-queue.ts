// The pairs of a race, as they become known or needed: those of the first plan, a batch at a time; names that
// have their addresses later; what the host has no route to; and, when nothing else is left, other local
// addresses for destinations that have not answered.

import {
  planRace,
  planRaceInTurns,
  unreachablePairs,
  withSources,
} from '../../address-selection/candidates';
import type { PairOptions, Plan } from '../../address-selection/candidates';
import { otherLocalAddresses } from '../../address-selection/local-addresses';
import type { Pair } from '../../address-selection/pair-policy';
import type { Endpoint } from '../../endpoints/endpoints';
import { More } from '../../native/addon';
import type { ResolvedEndpoints } from '../../resolution/resolved-endpoints';
import { isLong } from '../../util/chunks';

/** How many pairs are handed over at a time: a few ms of work, however long the list is. */
const BATCH = 512;

/** Takes pairs, and knows which of those it has started were answered. */
export interface PairTaker {
  /** `more` tells what may still follow them. */
  offer(pairs: readonly Pair[], more: More): void;
  /** The places of the pairs whose destinations have neither accepted nor refused. */
  unanswered(): number[];
  hasAnswered(place: number): boolean;
}

export class CandidateQueue {
  /** All that were handed over, in the order in which they were. */
  readonly pairs: Pair[] = [];
  /** What waits to be handed over, from `next` on. */
  private queue: Pair[];
  private next = 0;
  /** What the host has no route to, and is not in the queue yet. */
  private unreachable: readonly Endpoint[];
  private others: Iterator<Pair> | undefined;
  /** Nothing is left that could be handed over. */
  private isExhausted: boolean;
  /** How many names are being planned in turns. */
  private planning = 0;
  /** The race has nothing left to start. */
  private isAsked = false;
  private taker: PairTaker | undefined;

  constructor(
    private readonly targets: ResolvedEndpoints,
    private readonly options: PairOptions,
    { pairs, unreachable }: Plan,
    private readonly isLate: () => boolean,
  ) {
    this.queue = pairs;
    this.unreachable = unreachable;
    // What a policy or an address that was asked for leaves open is nothing.
    this.isExhausted = options.policy !== undefined || options.localAddress !== undefined;
  }

  /** The next batch, and what may follow it. */
  take(): { batch: readonly Pair[]; more: More } {
    const batch = this.queue.slice(this.next, this.next + BATCH);
    this.next += batch.length;
    for (const pair of batch) this.pairs.push(pair);
    return { batch, more: this.more };
  }

  /** Who takes further pairs; nobody when the race is over. */
  feed(taker: PairTaker | undefined): void {
    this.taker = taker;
    const { resolution } = this.targets;
    resolution?.notify(taker ? () => this.add() : undefined);
    // Names may have become known while a long list was sorted.
    if (taker && resolution) this.add();
  }

  /** The race has nothing left to start: it gets some as soon as there are some. */
  ask(): void {
    this.isAsked = true;
    this.add();
  }

  private get more(): More {
    const hasDestinations =
      this.next < this.queue.length || !this.isComplete || this.unreachable.length > 0;
    if (hasDestinations) return More.destinations;
    return this.isExhausted ? More.nothing : More.sources;
  }

  private add(): void {
    const late = this.options.policy ? [] : this.targets.take();
    if (isLong(late.length)) void this.planInTurns(late);
    else if (late.length > 0) this.enqueue(planRace(late, this.options));
    // Where the race still has some of the queue, what is late waits there for its turn.
    else if (this.isAsked) this.answer();
  }

  private enqueue({ pairs, unreachable }: Plan): void {
    const isFirst = this.next === this.queue.length && pairs.length > 0;
    this.unreachable = [...this.unreachable, ...unreachable];
    // One by one: a hundred thousand arguments of one call would overflow the stack.
    for (const pair of pairs) this.queue.push(pair);
    if (this.isAsked || isFirst) this.answer();
  }

  /** A name that has thousands of addresses does not hold the loop. */
  private async planInTurns(late: readonly Endpoint[]): Promise<void> {
    this.planning++;
    const isOver = (): boolean => this.taker === undefined || this.isLate();
    const plan = await planRaceInTurns(late, this.options, undefined, isOver);
    this.planning--;
    if (plan && this.taker) this.enqueue(plan);
  }

  /** Nothing is left to come but from what is here. A policy has seen all that there is for it. */
  private get isComplete(): boolean {
    return (this.targets.isComplete && this.planning === 0) || this.options.policy !== undefined;
  }

  private answer(): void {
    if (this.next === this.queue.length && this.isComplete && this.unreachable.length > 0) {
      // A destination that is not known yet comes before one without a route, and before the second pair of
      // any (C07).
      this.queue = unreachablePairs(this.unreachable);
      this.next = 0;
      this.unreachable = [];
    }
    if (this.next < this.queue.length) return this.hand();
    if (this.isAsked && this.isComplete) this.handOtherSource();
  }

  /** One at a time: by the time that the next one is due, its destination may have answered. */
  private handOtherSource(): void {
    if (!this.isExhausted) {
      this.others ??= this.otherSources();
      const { value } = this.others.next() as IteratorResult<Pair, undefined>;
      if (value) this.queue.push(value);
      else this.isExhausted = true;
    }
    this.hand();
  }

  /**
   * Round by round: the second source of each destination that has not answered, then the third, and so on. A
   * destination that has accepted or refused is done: from elsewhere it would say the same, or nothing at all.
   */
  private *otherSources(): Generator<Pair, undefined> {
    const taker = this.taker as PairTaker;
    const first = taker.unanswered();
    const pairs = withSources(first.map((place) => this.pairs[place] as Pair));
    const places = new Map(pairs.map((pair, i) => [pair.target, [first[i] as number]]));
    for (const pair of otherLocalAddresses(pairs)) {
      const tried = places.get(pair.target) as number[];
      if (tried.some((place) => taker.hasAnswered(place))) continue;
      tried.push(this.pairs.length);
      yield pair;
    }
    return undefined;
  }

  private hand(): void {
    this.isAsked = false;
    const { batch, more } = this.take();
    this.taker?.offer(batch, more);
  }
}

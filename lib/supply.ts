// The pairs of a race, as they become known or needed: what can be tried at the beginning; names that have
// their addresses later; and, when every destination has had its best pair, the other local addresses.

import type { Endpoint } from './endpoints';
import type { Pair } from './pairs';
import { otherPairs, planRace, unreachablePairs, type PairOptions } from './plan';
import type { Targets } from './targets';

/** How many of the other pairs are made at a time. */
const BATCH = 64;

/** Takes pairs, and hears whether more may follow them. */
export interface PairTaker {
  offer(pairs: readonly Pair[], more: boolean): void;
}

export class Supply {
  private others: Iterator<Pair> | undefined;
  /** The race has nothing left to start. */
  private isWaiting = false;
  private taker: PairTaker | undefined;
  /** What the host has no way to, and was not handed out yet. */
  private unreachable: readonly Endpoint[];

  /** @param pairs what the race began with; what is handed out is added there. */
  constructor(
    private readonly targets: Targets,
    private readonly options: PairOptions,
    private readonly pairs: Pair[],
    unreachable: readonly Endpoint[],
  ) {
    this.unreachable = unreachable;
  }

  /** Who takes further pairs; nobody when the race is over. */
  feed(taker: PairTaker | undefined): void {
    this.taker = taker;
    const { resolution } = this.targets;
    resolution?.notify(taker ? () => this.add() : undefined);
    // Names may have become known while a long list was put into its order.
    if (taker && resolution) this.add();
  }

  /** The race has nothing left to start: it gets some as soon as there are some. */
  ask(): void {
    this.isWaiting = true;
    this.add();
  }

  private add(): void {
    const late = this.targets.take();
    if (late.length > 0) {
      const { pairs, unreachable } = planRace(late, this.options);
      this.unreachable = [...this.unreachable, ...unreachable];
      return this.hand(pairs, true);
    }
    // A destination that is not known yet comes before one without a way to it, and before the second pair of
    // any (C07).
    if (!this.isWaiting || !this.targets.isComplete) return;
    if (this.unreachable.length > 0) {
      const pairs = unreachablePairs(this.unreachable);
      this.unreachable = [];
      return this.hand(pairs, true);
    }
    this.others ??= this.alternatives();
    const batch: Pair[] = [];
    while (batch.length < BATCH) {
      const next = this.others.next();
      if (next.done === true) return this.hand(batch, false);
      batch.push(next.value);
    }
    this.hand(batch, true);
  }

  private alternatives(): Iterator<Pair> {
    // A policy has seen them already.
    const first = this.options.policy ? [] : [...this.pairs];
    return otherPairs(first, this.options)[Symbol.iterator]();
  }

  private hand(batch: Pair[], more: boolean): void {
    this.isWaiting = false;
    for (const pair of batch) this.pairs.push(pair);
    this.taker?.offer(batch, more);
  }
}

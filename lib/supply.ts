// The pairs of a race, as they become known or needed: what can be tried at the beginning; names that have
// their addresses later; and, when every destination has had its best pair, the other local addresses.

import { firstPairs, firstPairsInTurns, isLong, otherPairs, type Pair } from './pairs';
import type { PairOptions } from './pairs';
import { orAbort, type Abortable } from './or-abort';
import type { Targets } from './targets';

/** How many of the other pairs are made at a time. */
const BATCH = 64;

export class Supply {
  private others: Iterator<Pair> | undefined;
  /** The race has nothing left to start. */
  private isWaiting = false;
  private offer: ((pairs: Pair[], more: boolean) => void) | undefined;

  private constructor(
    private readonly targets: Targets,
    private readonly options: PairOptions,
    /** All that were handed out, in that order. */
    readonly pairs: Pair[],
  ) {}

  /** A long list is put into its order in turns of the event loop, until `signal` is aborted. */
  static of(
    targets: Targets,
    options: PairOptions,
    signal: Abortable | undefined,
  ): Supply | Promise<Supply> {
    // A copy: names may become known meanwhile.
    const known = [...targets.known];
    if (!isLong(known)) return new Supply(targets, options, firstPairs(known, options));
    return orAbort(signal, (resolve, reject) => {
      let isWanted = true;
      firstPairsInTurns(known, options, () => isWanted).then(
        (pairs) => resolve(new Supply(targets, options, pairs)),
        reject,
      );
      return () => (isWanted = false);
    });
  }

  /** Where further pairs go, and whether more may follow them; nowhere when the race is over. */
  onMore(offer: ((pairs: Pair[], more: boolean) => void) | undefined): void {
    this.offer = offer;
    const { resolution } = this.targets;
    resolution?.notify(offer ? () => this.add() : undefined);
    // Names may have become known while a long list was put into its order.
    if (offer && resolution) this.add();
  }

  /** The race has nothing left to start: it gets some as soon as there are some. */
  ask(): void {
    this.isWaiting = true;
    this.add();
  }

  private add(): void {
    const late = this.targets.take();
    if (late.length > 0) return this.hand(firstPairs(late, this.options), true);
    // A destination that is not known yet comes before the second pair of one that is (C07).
    if (!this.isWaiting || !this.targets.isComplete) return;
    // A policy has seen the others as well.
    this.others ??= otherPairs(this.options.policy ? [] : [...this.pairs], this.options);
    const batch: Pair[] = [];
    while (batch.length < BATCH) {
      const next = this.others.next();
      if (next.done === true) return this.hand(batch, false);
      batch.push(next.value);
    }
    this.hand(batch, true);
  }

  private hand(batch: Pair[], more: boolean): void {
    this.isWaiting = false;
    for (const pair of batch) this.pairs.push(pair);
    this.offer?.(batch, more);
  }
}

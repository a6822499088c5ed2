// What can be tried, as it becomes known: endpoints whose names have addresses, and that are not blocked.

import type { Attempt } from './attempt';
import { splitBlocked } from './blocked';
import type { Endpoint } from './endpoints';
import type { ConnectOptions } from './options';
import { Resolution } from './resolve';

export class Targets {
  /** Known so far, in the order of the list as far as names came in that order. */
  readonly known: Endpoint[] = [];
  /** The lookups; undefined for a list of addresses, which is known at once. */
  readonly resolution: Resolution | undefined;
  private readonly blocked: Attempt[] = [];

  constructor(
    asked: readonly Endpoint[],
    private readonly options: Pick<ConnectOptions, 'lookup' | 'family' | 'blockList'>,
    private readonly elapsed: () => number,
  ) {
    if (asked.some(({ family }) => family === 0)) {
      this.resolution = new Resolution(asked, options, elapsed);
    } else {
      this.add(asked);
    }
  }

  /** False while a name has no answer yet. */
  get isComplete(): boolean {
    return this.resolution?.isDone ?? true;
  }

  /** The targets that have become known since this was asked last; `known` has them as well. */
  take(): readonly Endpoint[] {
    return this.resolution ? this.add(this.resolution.take()) : [];
  }

  /** Rows of what led to no attempt: names without an address, and what is blocked. */
  rows(): Attempt[] {
    return [...(this.resolution?.failures() ?? []), ...this.blocked];
  }

  /** The same at the deadline, when a name without an answer has timed out. */
  rowsAtDeadline(): Attempt[] {
    return [...this.rows(), ...(this.resolution?.rowsWithoutAnswer() ?? [])];
  }

  private add(endpoints: readonly Endpoint[]): readonly Endpoint[] {
    const { allowed, blocked } = splitBlocked(endpoints, this.options.blockList, this.elapsed);
    // One by one: a hundred thousand arguments of one call would overflow the stack.
    for (const endpoint of allowed) this.known.push(endpoint);
    for (const row of blocked) this.blocked.push(row);
    return allowed;
  }
}

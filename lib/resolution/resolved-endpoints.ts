// What can be tried, as it becomes known: endpoints whose names have addresses, and that are not blocked.

import type { Row } from '../attempts/attempt';
import type { Endpoint } from '../endpoints/endpoints';
import { elapsed, type Call } from '../options/call';
import type { ConnectOptions } from '../options/options';
import { splitBlocked } from './block-list';
import { isName, Resolution } from './resolve';

/** What it needs of a call. */
export interface TargetsCall extends Pick<Call, 'calledAt'>, Partial<Pick<Call, 'listener'>> {
  readonly settings: Pick<ConnectOptions, 'lookup' | 'family' | 'blockList' | 'tls' | 'timeout'>;
}

export class ResolvedEndpoints {
  /** Known so far, in the order of the list as far as names came in that order. */
  readonly all: readonly Endpoint[];
  /** The lookups; undefined for a list of addresses, which is known at once. */
  readonly resolution: Resolution | undefined;
  private readonly blocked: Row[] = [];

  constructor(
    readonly asked: readonly Endpoint[],
    private readonly call: TargetsCall,
  ) {
    if (asked.some(isName)) {
      this.all = [];
      this.resolution = new Resolution(
        asked,
        call.settings,
        () => elapsed(call),
        call.settings.timeout,
        call.listener,
      );
    } else {
      this.all = this.applyBlockList(asked);
    }
  }

  /** False while a name has no answer yet. */
  get isComplete(): boolean {
    return this.resolution?.isDone ?? true;
  }

  /** The targets that have become known since this was asked last; `all` has them as well. */
  drain(): readonly Endpoint[] {
    if (!this.resolution) return [];
    const allowed = this.applyBlockList(this.resolution.drain());
    // One by one: a hundred thousand arguments of one call would overflow the stack.
    for (const target of allowed) (this.all as Endpoint[]).push(target);
    return allowed;
  }

  /** Rows of what led to no attempt: names without an address, and what is blocked. */
  rows(): readonly Row[] {
    return this.resolution ? [...this.resolution.failures(), ...this.blocked] : this.blocked;
  }

  /** The same at the deadline, when a name without an answer has timed out. */
  rowsAtDeadline(): readonly Row[] {
    return [...this.rows(), ...(this.resolution?.rowsWithoutAnswer() ?? [])];
  }

  /** Those that may be tried. */
  private applyBlockList(endpoints: readonly Endpoint[]): readonly Endpoint[] {
    const { blockList } = this.call.settings;
    if (blockList === undefined) return endpoints;
    const { allowed, blocked } = splitBlocked(endpoints, blockList, elapsed(this.call));
    for (const row of blocked) this.blocked.push(row);
    return allowed;
  }
}

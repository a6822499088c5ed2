// Tells the listener of the attempts of a running race, and runs their handshakes.

import { AsyncResource } from 'node:async_hooks';

import type { Candidate } from '../../address-selection/pair-policy';
import type { AttemptListener } from '../../attempts/attempt';
import type { Endpoint } from '../../endpoints/endpoints';
import { addon } from '../../native/addon';
import type { Handshake, Settings } from '../../options/options';
import { Handshakes } from './handshake';
import { isRunning, outcomeOf, readRow, type RaceLine } from './race-result';

export class RaceProgress {
  /** Undefined where an attempt wins as soon as TCP has connected. */
  readonly handshakes: Handshakes | undefined;
  private readonly started = new Set<number>();
  private readonly ended = new Set<number>();
  private id = 0;
  private isOver = false;
  /** The addon's callbacks run in the async context of the process's first race; this restores that of the call. */
  private readonly context = new AsyncResource('connect-by-list');

  constructor(
    private readonly candidates: readonly Candidate[],
    settings: Settings,
    private readonly startsAt: number,
    handshake: Handshake | undefined,
    private readonly listener: AttemptListener | undefined,
  ) {
    this.handshakes =
      handshake &&
      new Handshakes(handshake, settings, (index, errno) =>
        addon().reportHandshake(this.id, index, errno),
      );
  }

  /** The race is still running after race(); `id` is the addon's. */
  begin(id: number): void {
    this.id = id;
    this.take();
  }

  /** Attempts have started, ended, or connected so that they can shake hands. */
  take(): void {
    this.context.runInAsyncScope(() => this.takeChanges());
  }

  private takeChanges(): void {
    for (const [index, line, socket] of addon().takeEvents(this.id)) {
      this.tell(index, line);
      if (socket < 0) continue;
      // Whoever was told may have ended the race.
      if (this.isOver) addon().close(socket);
      else this.handshakes?.begin(index, this.targetOf(index), socket);
    }
  }

  /** Called with the final line of each attempt. */
  finish(lines: readonly RaceLine[]): void {
    this.isOver = true;
    this.context.runInAsyncScope(() => lines.forEach((line, index) => this.tell(index, line)));
  }

  private tell(index: number, line: RaceLine): void {
    const target = this.targetOf(index);
    if (!this.started.has(index)) {
      this.started.add(index);
      this.listener?.started(index, () => readRow(line, target, this.startsAt));
    }
    if (isRunning(line) || this.ended.has(index)) return;
    this.ended.add(index);
    const outcome = outcomeOf(line);
    if (outcome !== 'connected') this.handshakes?.end(index);
    this.listener?.ended(index, outcome, () => {
      return readRow(line, target, this.startsAt, this.handshakes?.failureOf(index));
    });
  }

  private targetOf(index: number): Endpoint {
    return (this.candidates[index] as Candidate).target;
  }
}

// The races that go on, and who hears of each. The addon has one function for all of them to call: one of each
// race's own would cost more than the race.

import { addon } from './native';

/** Hears of one race. */
export interface RaceListener {
  /** It is over: race-rows.ts reads how. */
  finished(outcome: string): void;
  /** It is time for a pair that it does not have yet. */
  askForMore(): void;
  /** Attempts have started or ended. Only where the race is watched. */
  changed(): void;
}

const running = new Map<number, RaceListener>();
let isListening = false;

/** Called in the same turn in which the race was begun: nothing is told of it before the next. */
export function follow(id: number, listener: RaceListener): void {
  running.set(id, listener);
  if (isListening) return;
  isListening = true;
  addon().listen(
    (id, outcome) => {
      const listener = running.get(id);
      running.delete(id);
      listener?.finished(outcome);
    },
    (id) => running.get(id)?.askForMore(),
    (id) => running.get(id)?.changed(),
  );
}

// The races that go on, and who hears of each. The addon has one function for all of them to call: one of each
// race's own would cost more than the race.

import { addon, type RaceListener } from '../../native/addon';

/** Before the first race is begun. */
export function listenToRaces(): void {
  running();
}

/** Called in the same turn in which the race was begun: nothing is told of it before the next. */
export function follow(id: number, listener: RaceListener): void {
  running().set(id, listener);
}

/**
 * They are kept with the addon. Where this module is loaded twice, as test runners do it, both share the addon,
 * which calls the functions of the first.
 */
function running(): Map<number, RaceListener> {
  const native = addon();
  if (native.running) return native.running;
  const races = new Map<number, RaceListener>();
  native.running = races;
  native.listen(
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

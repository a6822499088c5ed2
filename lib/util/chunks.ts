// Long lists are worked through in chunks: after each, everybody else has a turn of the event loop.

import { orAbort, type Abortable } from './abortable';
import { nextTurn } from './timers';

/** How many endpoints are in a chunk: a few ms of work. */
export const CHUNK = 512;

/** Whether so many would hold the loop for long. */
export function isLong(count: number): boolean {
  return count > CHUNK;
}

/** Work that yields when it has done a chunk, and returns what it has made. */
export type Chunks<T> = Generator<undefined, T>;

/** All of it now. */
export function inOneGo<T>(work: Chunks<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/**
 * A chunk in each turn of the loop, until it is done or the call is given up. Undefined where `isLate` says so before
 * it is done.
 */
export function inTurns<T>(
  work: Chunks<T>,
  signal: Abortable | undefined,
  isLate: () => boolean,
): Promise<T | undefined> {
  return orAbort<T | undefined>(signal, (resolve, reject) => {
    let isWanted = true;
    const turn = async (): Promise<void> => {
      while (isWanted) {
        if (isLate()) {
          resolve(undefined);
          return;
        }
        const step = work.next();
        if (step.done === true) {
          resolve(step.value);
          return;
        }
        await nextTurn();
      }
    };
    turn().catch(reject);
    return () => (isWanted = false);
  });
}

// Long lists are worked through in chunks: after each, everybody else has a turn of the event loop.

import { orAbort, type Abortable } from './abortable';
import { nextTurn } from './timers';

/** How many endpoints are in a chunk: a few ms of work. */
export const CHUNK = 512;

/** Whether a list is too long for one turn of the loop. */
export function isLong(count: number): boolean {
  return count > CHUNK;
}

/** Work that yields when it has done a chunk, and returns what it has made. */
export type Chunks<T> = Generator<undefined, T>;

/** Runs all chunks synchronously. */
export function inOneGo<T>(work: Chunks<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/**
 * Runs one chunk in each turn of the loop. Resolves to undefined where `isLate` returns true before the end.
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

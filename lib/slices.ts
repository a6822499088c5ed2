// Long lists are gone through in slices: after each, everybody else has a turn of the event loop.

import { setImmediate } from 'node:timers/promises';

import { orAbort, type Abortable } from './or-abort';

/** How many endpoints are in a slice: a few ms of work. */
export const SLICE = 512;

/** Whether so many would hold the loop for long. */
export function isLong(count: number): boolean {
  return count > SLICE;
}

/** Work that yields when it has done a slice, and returns what it has made. */
export type Slices<T> = Generator<undefined, T>;

/** All of it now. */
export function inOneGo<T>(work: Slices<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/**
 * A slice in each turn of the loop, until it is done or the call is given up. Undefined where `isLate` says so before
 * it is done.
 */
export function inTurns<T>(
  work: Slices<T>,
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
        await setImmediate();
      }
    };
    turn().catch(reject);
    return () => (isWanted = false);
  });
}

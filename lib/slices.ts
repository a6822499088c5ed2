// Long lists are gone through in slices: after each, everybody else has a turn of the event loop.

/** How many endpoints are in a slice: a few ms of work. */
export const SLICE = 512;

/** Whether so many would hold the loop for long. */
export function isLong(count: number): boolean {
  return count > SLICE;
}

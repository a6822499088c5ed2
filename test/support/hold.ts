/** Nothing of this thread runs for so many ms: no timer, no event. */
export function hold(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

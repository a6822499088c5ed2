// Timers and process.nextTick() as they were when the package was loaded: test runners replace them later by ones
// that never run until they are told to, and a connection must not wait for that.

export const { setTimeout, clearTimeout, setImmediate, clearImmediate } = globalThis;
export const nextTick: typeof process.nextTick = process.nextTick.bind(process);

/** A turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

// Timers as Node made them. Test runners replace those of globalThis, and process.nextTick(), by ones that never run until
// they are told to, before this package is loaded or later, and a connection must not wait for that.

import * as timers from 'node:timers';

export const { setTimeout, clearTimeout, setImmediate, clearImmediate } = timers;

// eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with process as `this`
const { nextTick: ofProcess } = process;

/** A replaced one has the clock that moves it on: then a turn of the loop is the next best. */
export const nextTick: typeof process.nextTick = Object.hasOwn(ofProcess, 'clock')
  ? (...given) => void Reflect.apply(setImmediate, undefined, given)
  : ofProcess.bind(process);

/** A turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

// One limit on waiting, for everything that waits in JavaScript: lookups, handshakes.

import { clearImmediate, clearTimeout, setImmediate, setTimeout } from './timers';

/** The longest that setTimeout() can wait, in ms: 24.8 days. A longer time would be over at once. */
const MAX_TIMER = 2 ** 31 - 1;

/** A limit that has begun to count. */
export interface Deadline {
  /** Cancels the deadline. Can be called again. */
  clear(): void;
  /** Whether the process stays for it; it does to begin with. */
  setRef(isRef: boolean): void;
}

/**
 * Calls `expire` once, when `ms` have passed; Infinity is never. Where JavaScript blocks the event loop past the
 * deadline, events that are already waiting are delivered first, and may cancel it.
 */
export function startDeadline(ms: number, expire: () => void): Deadline {
  if (ms === Infinity) return NEVER;
  let immediate: NodeJS.Immediate | undefined;
  let isRef = true;
  const timer = setTimeout(
    () => {
      // Immediates run when the sockets and the finished lookups of this turn have had theirs.
      immediate = setImmediate(expire);
      if (!isRef) immediate.unref();
    },
    Math.min(ms, MAX_TIMER),
  );
  return {
    clear: () => {
      clearTimeout(timer);
      clearImmediate(immediate);
    },
    setRef: (value) => {
      isRef = value;
      for (const waiting of [timer, immediate]) {
        if (value) waiting?.ref();
        else waiting?.unref();
      }
    },
  };
}

const NEVER: Deadline = { clear: () => undefined, setRef: () => undefined };

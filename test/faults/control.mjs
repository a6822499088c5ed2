// The orders for faults.cc, in a file that it shares with us: what a case writes here is in force at the
// next call to the system.

import fs from 'node:fs';
import os from 'node:os';

/** The order is that of `Function` in faults.cc. */
export const FUNCTIONS = [
  'socket',
  'connect',
  'setsockopt',
  'getsockopt',
  'fcntl',
  'ioctl',
  'bind',
  'close',
  'getifaddrs',
  'getsockname',
  'getpeername',
  'poll',
  'epoll_ctl',
];

/** armed, function, error, position, persists, hits; then a count for each function. */
const WORDS = 6 + FUNCTIONS.length;
const [ARMED, FUNCTION, ERROR, POSITION, PERSISTS, HITS] = [0, 1, 2, 3, 4, 5];

/** Makes the file, with orders that change nothing. */
export function makeControlFile(path) {
  fs.writeFileSync(path, new Uint8Array(WORDS * 4));
}

export class Control {
  #file;

  constructor(path) {
    this.#file = fs.openSync(path, 'r+');
  }

  /** From now on this fault happens; without one, calls are counted and nothing else. */
  arm(fault) {
    const words = new Int32Array(WORDS);
    if (fault) {
      words[FUNCTION] = FUNCTIONS.indexOf(fault.function);
      words[ERROR] = os.constants.errno[fault.error];
      words[POSITION] = fault.position;
      words[PERSISTS] = fault.persists ? 1 : 0;
    }
    words[ARMED] = 1;
    fs.writeSync(this.#file, words, 0, words.byteLength, 0);
  }

  /** Nothing happens from now on. Tells how often calls were made, and how many of them had to fail. */
  disarm() {
    const words = new Int32Array(WORDS);
    fs.writeSync(this.#file, words, ARMED, 4, 0);
    fs.readSync(this.#file, words, 0, words.byteLength, 0);
    const calls = Object.fromEntries(FUNCTIONS.map((name, i) => [name, words[HITS + 1 + i]]));
    return { hits: words[HITS], calls };
  }
}

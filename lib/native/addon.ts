// The whole boundary to the addon. Plain data crosses it: texts and numbers in; numbers, texts and the
// number of a connected socket out. A list is one text, a line for each entry: reading an array costs the
// addon more than all the rest. src-native/addon/ and src-native/winsock/binding.cc are the other
// side.

import { createRequire } from 'node:module';
import path = require('node:path');

import { missingAddon, missingInBundle, wrongRuntime } from './load-error';
import { requireShipped } from './shipped';

/** What may follow when all pairs of a race have been started; More in src-native/core/race.h. */
export const More = {
  nothing: 0,
  /** Other local addresses, for destinations that have not answered. */
  sources: 1,
  /** Other destinations: names that have no answer yet, and what is tried last. */
  destinations: 2,
} as const;
export type More = (typeof More)[keyof typeof More];

/** How an attempt stands; Outcome in src-native/core/race.h. */
export const AttemptOutcome = {
  running: 0,
  connected: 1,
  failed: 2,
  timedOut: 3,
  lost: 4,
  aborted: 5,
} as const;

/** How a race has ended; Verdict in src-native/core/race.h. */
export const Verdict = {
  undecided: 0,
  connected: 1,
  allFailed: 2,
  deadline: 3,
  aborted: 4,
} as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** An attempt that started, ended or connected. `socket` is its descriptor where a handshake must decide, else -1. */
export type RaceChange = [index: number, row: string, socket: number];

/** What the addon calls when Winsock's function has returned. `socket` is -1 when it failed. */
export type WinsockDone = (
  failedStep: number,
  wsaCode: number,
  socket: number,
  localAddress: string,
  localPort: number,
  remoteAddress: string,
  remotePort: number,
) => void;

/** Is told of a race that goes on. */
export interface RaceListener {
  /** It is over: race-result.ts reads how. */
  finished(outcome: string): void;
  /** It is time for a pair that it does not have yet. */
  askForMore(): void;
  /** Attempts have started or ended. Only where the race is watched. */
  changed(): void;
}

/** Times are in ms; Infinity means none. */
export interface Addon {
  /** Not the addon's own: race-engine.ts keeps them here. */
  running?: Map<number, RaceListener>;
  /**
   * Sets the callbacks for all races; `id` says which race. To be called once, before the first race().
   *
   * `finished`: the race has ended; `outcome` is what race() returns. `more`: the race needs candidates; offer() is
   * the answer. `changed`: attempts have started or ended, in a race that is watched; takeEvents() says which.
   */
  setRaceCallbacks(
    finished: (id: number, outcome: string) => void,
    more: (id: number) => void,
    changed: (id: number) => void,
  ): void;
  /**
   * `candidates` has a line for each: "address port [local delay]". `local` is the source address, "-" for the choice
   * of the system; `delay` is how long the next start waits, in microseconds, 0 for the default. `localPort` 0 leaves
   * the port to the system. `attemptDelay` NaN means the delays of RFC 8305.
   *
   * Where `hasHandshake` is true, an attempt whose TCP has connected is an event with its socket, and
   * reportHandshake() is the answer. `isWatched` asks for `changed`.
   *
   * @returns its outcome where it is over already, because the system has answered at once; race-result.ts reads
   *   it. Else its id.
   */
  race(
    candidates: string,
    more: More,
    localPort: number,
    attemptDelay: number,
    attemptTimeout: number,
    timeout: number,
    hasHandshake: boolean,
    isWatched: boolean,
  ): string | number;
  /** The answer to `more`, or news before it asks; `more` tells what may still follow. */
  offer(id: number, candidates: string, localPort: number, more: More): void;
  /** The attempts, by their place, whose destinations have neither accepted nor refused so far. */
  unanswered(id: number): number[];
  /** Whether the destination of an attempt has. */
  hasAnswered(id: number, index: number): boolean;
  /** What has changed since this was asked last. */
  takeEvents(id: number): RaceChange[];
  /** Whether an attempt has connected: 0, or libuv's error number. */
  reportHandshake(id: number, index: number, errno: number): void;
  /** Whether the process stays for the race. */
  setRef(id: number, isRef: boolean): void;
  /** Where the system would connect from, a line for each line; empty where it has no way there. */
  sourceAddresses(addresses: string): string;
  abort(id: number): void;
  /** Closes a connected socket that nobody will adopt. */
  close(socket: number): void;
  /** The TCP port of a service, by name or alias; -1 when the system does not know it. */
  servicePort(name: string): Promise<number>;

  // On Windows only.
  hasConnectByList?(): boolean;
  hasConnectByName?(): boolean;
  /**
   * Takes "address port" a line. Calls `done` once, later, unless it is aborted. Returns an id; 0 where Winsock does
   * not export the function.
   */
  connectByList?(
    endpoints: string,
    timeout: number,
    mayUsePool: boolean,
    done: WinsockDone,
  ): number;
  /** The same for WSAConnectByName; `service` may be the digits of a port. */
  connectByName?(
    host: string,
    service: string,
    timeout: number,
    mayUsePool: boolean,
    done: WinsockDone,
  ): number;
  /** Whether the process stays for the call, where that does not run in libuv's pool. */
  setRefWinsock?(id: number, isRef: boolean): void;
  abortWinsock?(id: number): void;
  abortAllWinsock?(): void;
}

/** node-gyp-build: loads the addon that fits this machine, from a package's folder. */
type Load = (folder: string) => Addon;

let loaded: Addon | undefined;

/** Loads the addon at the first call that needs it, so that importing the package costs and risks nothing. */
export function addon(): Addon {
  loaded ??= load();
  return loaded;
}

function load(): Addon {
  // Bun would end the whole process, and Deno would not find what the addon needs.
  if (process.versions.bun !== undefined || process.versions.deno !== undefined) {
    throw wrongRuntime();
  }
  // A bundler has put this file somewhere else; '../..' is the application then, with addons of its own.
  if (path.basename(__dirname) !== 'native') return loadInBundle();
  try {
    // In these very words, which bundlers know.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return (require('node-gyp-build') as Load)(path.join(__dirname, '../..'));
  } catch (cause) {
    throw missingAddon(cause);
  }
}

function loadInBundle(): Addon {
  let cause: unknown;
  try {
    const shipped = requireShipped();
    const carried =
      typeof shipped === 'string'
        ? (createRequire(__filename)(path.resolve(__dirname, shipped)) as unknown)
        : shipped;
    if (typeof (carried as Partial<Addon> | undefined)?.race === 'function')
      return carried as Addon;
  } catch (error) {
    cause = error;
  }
  try {
    // A single executable has its addons beside it, in a folder prebuilds/.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return (require('node-gyp-build') as Load)(path.dirname(process.execPath));
  } catch (error) {
    throw missingInBundle(cause ?? error);
  }
}

// The whole boundary to the addon. Plain data crosses it: addresses and numbers in; numbers, texts and
// the number of a connected socket out. src-native/addon/ and src-native/winsock/binding.cc are the other
// side.

import * as path from 'node:path';

import loadAddon = require('node-gyp-build');

import { missingAddon } from './missing-addon';

/** Pairs to try, as arguments in a row: looking properties up costs the addon more than the rest. */
export type NativePairs = [
  addresses: string[],
  ports: number[],
  /** Where each has to come from, '' for "as the system likes"; undefined where all are. */
  locals: string[] | undefined,
  /** 0 for "as the system likes". */
  localPort: number,
  /** ms that the next start waits for each, 0 for the default; undefined where all are. */
  patience: number[] | undefined,
];

/**
 * One attempt; times in ms from the start of the race, 0 for an end that has not come; '' where it had no
 * local address.
 */
export type RaceRow = [
  outcome: number,
  errno: number,
  start: number,
  end: number,
  localPort: number,
  localAddress: string,
];

/** An attempt that has changed; the number of its socket where it is to be decided on, else -1. */
export type RaceChange = [index: number, row: RaceRow, socket: number];

/** What the addon calls when a race is over. */
export type RaceDone = (verdict: number, winner: number, socket: number, rows: RaceRow[]) => void;

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

/** Times are in ms; Infinity means none. */
export interface Addon {
  /**
   * Calls `done` once, maybe before it returns. NaN as the delay asks for RFC 8305's. Where `more` says
   * that more pairs may come, `askForMore` is called when it is time for one. `changed` is called when
   * attempts have started or ended and the race goes on: changes() says which. Where `decides` is true,
   * an attempt whose TCP has connected is such a change; its socket is handed over, and decide() is the
   * answer.
   */
  race(
    ...call: [
      ...pairs: NativePairs,
      more: boolean,
      attemptDelay: number,
      attemptTimeout: number,
      timeout: number,
      decides: boolean,
      done: RaceDone,
      askForMore: () => void,
      changed: (() => void) | undefined,
    ]
  ): number;
  /** The answer to `askForMore`; `more` as above. */
  offer(id: number, ...call: [...pairs: NativePairs, more: boolean]): void;
  /** What has changed since this was asked last. */
  changes(id: number): RaceChange[];
  /** Whether an attempt has connected: 0, or libuv's error number. */
  decide(id: number, index: number, errno: number): void;
  /** Whether the process stays for the race. */
  setRef(id: number, isRef: boolean): void;
  /** Where the system would connect from, for each address; '' where it has no way there. */
  sources(addresses: string[]): string[];
  abort(id: number): void;
  /** Closes a connected socket that nobody will adopt. */
  close(socket: number): void;
  /** The TCP port of a service, by name or alias; -1 when the system does not know it. May read a file. */
  servicePort(name: string): number;

  // On Windows only.
  hasConnectByList?(): boolean;
  hasConnectByName?(): boolean;
  /** Calls `done` once, later, unless it is aborted. Answers 0 where Winsock has no such function. */
  connectByList?(
    addresses: string[],
    ports: number[],
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

let loaded: Addon | undefined;

/** Loads the addon at the first call that needs it, so that importing the package costs and risks nothing. */
export function addon(): Addon {
  if (loaded) return loaded;
  try {
    loaded = loadAddon(path.join(__dirname, '..')) as Addon;
    return loaded;
  } catch (cause) {
    throw missingAddon(cause);
  }
}

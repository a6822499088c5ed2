// One call: its settings, its start, and how its owner controls it.

import type { AttemptListener } from '../attempts/attempt';
import type { Abortable } from '../util/abortable';
import type { Settings } from './options';

/** How the owner of a call controls it while it runs. An AbortSignal is a CallControl that can only abort. */
export interface CallControl extends Abortable {
  /** Whether the process stays for the call: false after unref() of a socket. Defaults to true. */
  readonly isRef?: boolean;
  /** Keeps `refable` informed when that changes, until the returned function is called. */
  onRefChange?(refable: Refable): () => void;
}

/** Something that a call waits for, and that keeps the process running meanwhile. */
export interface Refable {
  setRef(isRef: boolean): void;
}

export interface Call {
  readonly settings: Settings;
  /** When the caller called, in ms of performance.now(). */
  readonly calledAt: number;
  readonly control: CallControl | undefined;
  /** Hears of each attempt; undefined where nobody wants to know. */
  readonly listener: AttemptListener | undefined;
}

/** How long ago the call was, in ms. */
export function elapsed({ calledAt }: Pick<Call, 'calledAt'>): number {
  return performance.now() - calledAt;
}

/** Whether its time is up. */
export function isLate(call: Pick<Call, 'calledAt' | 'settings'>): boolean {
  return elapsed(call) >= call.settings.timeout;
}

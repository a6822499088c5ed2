// Emits the events of net.Socket while a call runs, and keeps the attempts so far.

import type * as net from 'node:net';

import {
  toAttempt,
  type Attempt,
  type AttemptListener,
  type Outcome,
  type ResolvedAddress,
  type Row,
  type RowStart,
} from '../attempts/attempt';
import { attemptError } from '../attempts/connect-error';
import { nextTick } from '../util/timers';

/** The attempts of one call: those that have ended so far, and all of them when the call has. */
export class KnownAttempts {
  private readonly ended: (() => Row)[] = [];
  private readAll: (() => readonly Attempt[]) | undefined;
  private all: readonly Attempt[] | undefined;

  add(read: () => Row): void {
    this.ended.push(read);
  }

  setAll(readAll: () => readonly Attempt[]): void {
    this.readAll = readAll;
  }

  read(): readonly Attempt[] {
    this.all ??= this.readAll?.();
    return this.all ?? this.ended.map((read) => toAttempt(read()));
  }
}

/** Emits on a socket how its lookups and attempts go, with the events of net.Socket. */
export class SocketEvents implements AttemptListener {
  constructor(
    private readonly socket: net.Socket,
    private readonly known: KnownAttempts,
    private readonly attempted?: string[],
    private readonly next?: AttemptListener,
  ) {}

  resolved(host: string, error: Error | undefined, addresses: readonly ResolvedAddress[]): void {
    if (error) this.emit('lookup', () => [error, undefined, undefined, host]);
    for (const { address, family } of addresses) {
      this.emit('lookup', () => [null, address, family, host]);
    }
  }

  started(index: number, read: () => RowStart): void {
    if (this.attempted) {
      const { address, port } = read();
      this.attempted.push(`${address}:${port}`);
    }
    this.emit('connectionAttempt', () => placeOf(read()));
    this.next?.started(index, read);
  }

  ended(index: number, outcome: Outcome, read: () => Row): void {
    this.known.add(read);
    if (outcome === 'failed') {
      this.emit('connectionAttemptFailed', () => [...placeOf(read()), attemptError(read())]);
    }
    if (outcome === 'timeout') this.emit('connectionAttemptTimeout', () => placeOf(read()));
    this.next?.ended(index, outcome, read);
  }

  private emit(event: string, argumentsOf: () => readonly unknown[]): void {
    if (this.socket.destroyed || this.socket.listenerCount(event) === 0) return;
    try {
      this.socket.emit(event, ...argumentsOf());
    } catch (error) {
      // A listener's error is its own: it must not end the call half-way.
      nextTick(() => {
        throw error;
      });
    }
  }
}

/** The arguments of net's events: address, port, family. */
function placeOf({ address, port }: RowStart): [string | undefined, number, 4 | 6] {
  return [address, port, address?.includes(':') ? 6 : 4];
}

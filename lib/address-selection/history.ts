// What earlier connects have learned: which destinations did not answer, and how long the others took.

import type { Row } from '../attempts/attempt';
import {
  plainAddress,
  readEndpoints,
  type Endpoint,
  type EndpointLike,
} from '../endpoints/endpoints';
import { familyOf } from '../endpoints/ip-address';
import { invalidArgValue, outOfRange } from '../util/argument-errors';
import { isLong, CHUNK } from '../util/chunks';
import { keepLatest } from '../util/keep-latest';
import { nextTurn } from '../util/timers';
import { fingerprintOfNetwork } from './local-addresses';

/** The attempts of one call, and where each of them went. */
export interface RaceOutcomeView {
  readonly count: number;
  /** Which of them has connected. */
  readonly winner: number | undefined;
  rowOf(attempt: number): Row;
  targetOf(attempt: number): Endpoint;
  /** Where it came from, as it was planned or as it was; '' where neither is known. */
  sourceOf(attempt: number): string;
}

/**
 * A destination as it is seen from one network: RFC 8305 section 4 keeps what was learned on one from being used
 * on another.
 */
export interface Way {
  /** Where the connection comes from; '' where that is not known. */
  readonly source: string;
  readonly address: string;
  readonly port: number;
}

/** What is known of one destination. */
interface Entry {
  /** Running mean of the times from the start of an attempt to the connection, in ms, and of how many. */
  readonly rtt: number;
  readonly count: number;
  /** How many attempts in a row got no answer, or failed in their handshake. */
  readonly failures: number;
  /** Until when it stays behind the others for that, in ms of performance.now(). */
  readonly behindUntil: number;
  /** When it was heard of last, in ms of performance.now(). */
  readonly at: number;
}

const NOTHING_KNOWN: Entry = { rtt: 0, count: 0, failures: 0, behindUntil: 0, at: 0 };

/** The back-off in ms: 2 s after the first failure, doubled by each one that follows, 60 s at most. */
const FIRST_BACKOFF_MS = 2_000;
const MAX_BACKOFF_MS = 60_000;

// docs/delay.md explains the formula; test/native/own_delay_simulation_test.cc tests it.
const RTT_FACTOR = 3;
const RTT_MARGIN = 10;
/** How often a destination must have answered before its time is relied on. */
const RTT_MIN_COUNT = 4;
/** How many times the mean goes over before older ones fade. */
const RTT_WINDOW = 8;
/** In ms. A connect that takes longer includes a SYN sent again, and tells nothing of the round-trip time. */
const RTT_RETRANSMITTED = 1_000;

/** The first delay of RFC 8305 section 5, in ms: knowledge may shorten it, and never makes it longer. */
const DEFAULT_ATTEMPT_DELAY_MS = 250;

/**
 * Remembers which destinations did not answer lately, so that they are tried after the others, and the round-trip
 * time of the rest, which shortens the delay before the next attempt (3 times that time + 10 ms, 250 ms at most).
 * Used by the race engine; each process has one by default, and a caller may have others, or none.
 *
 * A destination that was silent, or whose handshake failed, stays behind for a time that is chosen at random (full
 * jitter) up to 2 s, then up to 4, 8 … 60 s, with each failure that follows; its first success forgets them.
 */
export class History {
  private readonly entries = new Map<string, Entry>();
  /** The network that they were learned on. */
  private network: string | undefined;
  private hasNotes = false;
  private readonly maxEntries: number;
  private readonly maxAge: number;

  /**
   * @param limits how much is remembered.
   * @param limits.maxEntries how many destinations: at least 1; the oldest go first. Defaults to 1,000.
   * @param limits.maxAge for how long, in ms (above 0). Defaults to 60,000.
   * @throws RangeError with the code `ERR_OUT_OF_RANGE` when one of them is too small.
   */
  constructor({ maxEntries = 1_000, maxAge = 60_000 } = {}) {
    if (!(maxEntries >= 1)) throw outOfRange('maxEntries', '>= 1', maxEntries);
    if (!(maxAge > 0)) throw outOfRange('maxAge', '> 0', maxAge);
    this.maxEntries = maxEntries;
    this.maxAge = maxAge;
  }

  /** How many destinations are remembered. */
  get size(): number {
    return this.entries.size;
  }

  /** Forgets everything. */
  clear(): void {
    this.entries.clear();
  }

  /**
   * Notes that an endpoint is no good although it accepts connections: it closes them at once, say. It stays behind
   * the others as if it had been silent; what it accepts does not change that.
   *
   * @param endpoint as for connectByList(); a name stands for all of its addresses.
   * @param verdict `'bad'`.
   * @throws TypeError or RangeError with Node's `ERR_*` code when an argument is bad.
   */
  note(endpoint: EndpointLike, verdict: 'bad'): void {
    const [{ address, port }] = readEndpoints([endpoint]) as [Endpoint];
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- JavaScript may pass anything
    if (verdict !== 'bad') throw invalidArgValue('verdict', verdict, "must be 'bad'");
    this.hasNotes = true;
    // The address of a name is the name itself.
    this.noteFailure(keyOfNote(address, port));
  }

  /** @internal Forgets everything if the addresses of this host have changed since it was learned. */
  forgetOtherNetworks(): void {
    if (this.size === 0) return;
    const network = fingerprintOfNetwork();
    if (this.network !== network) this.clear();
    this.network = network;
  }

  /** @internal Whether it stays behind the others: it got no answer lately, or was noted as bad. */
  isBehind(way: Way, host: string): boolean {
    if (this.size === 0) return false;
    const now = performance.now();
    const isBehind = (key: string): boolean => (this.find(key)?.behindUntil ?? 0) > now;
    if (isBehind(keyOf(way))) return true;
    return this.hasNotes && [way.address, host].some((one) => isBehind(keyOfNote(one, way.port)));
  }

  /**
   * @internal How long the next attempt should wait for this one, in ms; 0 where too little is known.
   */
  attemptDelay(way: Way): number {
    const { rtt, count } = this.find(keyOf(way)) ?? NOTHING_KNOWN;
    return count < RTT_MIN_COUNT
      ? 0
      : Math.min(RTT_FACTOR * rtt + RTT_MARGIN, DEFAULT_ATTEMPT_DELAY_MS);
  }

  /** @internal Records the attempts of one call, from `from` on to before `to`. */
  learn(call: RaceOutcomeView, from: number, to: number): void {
    const winner = call.winner === undefined ? undefined : call.rowOf(call.winner);
    for (let index = from; index < to; index++) {
      const row = call.rowOf(index);
      const { address, port } = call.targetOf(index);
      const key = keyOf({ source: call.sourceOf(index), address, port });
      // The time of TCP alone: a TLS handshake takes longer than a round trip.
      if (row === winner) this.noteAnswer(key, (row.connectedAt ?? row.end) - row.start);
      else if (row.cause !== undefined || gotNoAnswer(row, winner)) this.noteFailure(key);
      // An empty history has nothing to forget, however many refusals there were.
      else if (row.outcome === 'failed' && this.size > 0) this.entries.delete(key);
    }
  }

  private noteAnswer(key: string, took: number): void {
    const { rtt, count } = this.find(key) ?? NOTHING_KNOWN;
    const counts = took < RTT_RETRANSMITTED;
    const weight = 1 / Math.min(count + 1, RTT_WINDOW);
    this.set(key, {
      rtt: counts ? rtt + (took - rtt) * weight : rtt,
      count: counts ? count + 1 : count,
      failures: 0,
      behindUntil: 0,
      at: performance.now(),
    });
  }

  private noteFailure(key: string): void {
    const known = this.find(key) ?? NOTHING_KNOWN;
    const longest = Math.min(FIRST_BACKOFF_MS * 2 ** known.failures, MAX_BACKOFF_MS);
    const at = performance.now();
    // Full jitter, so that clients do not come back together; but no shorter than one attempt is waited for.
    const time = Math.max(Math.random() * longest, DEFAULT_ATTEMPT_DELAY_MS);
    this.set(key, { ...known, failures: known.failures + 1, behindUntil: at + time, at });
  }

  private set(key: string, entry: Entry): void {
    if (this.size === 0) this.network = fingerprintOfNetwork();
    keepLatest(this.entries, key, entry, this.maxEntries);
  }

  private find(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined || performance.now() - entry.at <= this.maxAge) return entry;
    this.entries.delete(key);
    return undefined;
  }
}

/** The one that is used without another. */
const processHistory = new History();

/** ConnectOptions.history, as this room knows it. */
export interface HistoryOption {
  readonly history?: History | false | undefined;
}

/** The one that a call goes by; undefined where it goes by none. */
export function historyOf({ history }: HistoryOption): History | undefined {
  return history === false ? undefined : (history ?? processHistory);
}

/** Takes note of how a race went. A long one is gone through in turns of the event loop, when the call is over. */
export function recordRace(race: RaceOutcomeView, options: HistoryOption): void {
  const history = historyOf(options);
  if (history === undefined) return;
  if (!isLong(race.count)) history.learn(race, 0, race.count);
  else void recordInTurns(race, history);
}

async function recordInTurns(race: RaceOutcomeView, history: History): Promise<void> {
  for (let at = 0; at < race.count; at += CHUNK) {
    await nextTurn();
    history.learn(race, at, Math.min(at + CHUNK, race.count));
  }
}

/** Whatever it is reached from. */
function keyOfNote(host: string, port: number): string {
  return `* ${familyOf(host) === 0 ? host : plainAddress(host)} ${port}`;
}

function keyOf({ source, address, port }: Way): string {
  return `${source} ${address} ${port}`;
}

/**
 * The attempt failed with ETIMEDOUT or EHOSTUNREACH, or a time limit stopped it after 250 ms or more, or an attempt
 * that started later won.
 */
function gotNoAnswer(row: Row, winner: Row | undefined): boolean {
  const { outcome, code, start, end } = row;
  if (outcome === 'failed') return code === 'ETIMEDOUT' || code === 'EHOSTUNREACH';
  if (outcome === 'timeout') return end - start >= DEFAULT_ATTEMPT_DELAY_MS;
  return outcome === 'lost' && winner !== undefined && start < winner.start;
}

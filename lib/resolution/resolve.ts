// Host names of a list become addresses. Every name is asked for once, all of them at the same time.

import * as dns from 'node:dns';
import type * as net from 'node:net';
import { isNativeError } from 'node:util/types';

import type { AttemptListener, ResolvedAddress, Row } from '../attempts/attempt';
import { plainAddress, unmapped, zoneOf, type Endpoint } from '../endpoints/endpoints';
import { familyOf } from '../endpoints/ip-address';
import type { ConnectOptions } from '../options/options';
import { clearTimeout, setTimeout } from '../util/timers';

/**
 * How long the first addresses wait for the other names, in ms. RFC 8305 section 3 lets A records wait so
 * long for AAAA; dns.lookup has both in one answer, and here it is names that wait for each other.
 */
const RESOLUTION_DELAY = 50;

/**
 * How long a higher priority number waits for the names of lower ones, in ms: the most that RFC 8305 section 5
 * recommends to wait for an attempt. A resolver that says nothing must not keep a backup from being tried.
 */
const PRIORITY_DELAY = 2_000;

/** The lookups of one list while they run. */
export class Resolution {
  /** Settles when every name has its answer. It rejects only with what `lookup` itself throws. */
  readonly done: Promise<void>;
  /** Settles when it is time to begin: every name has its answer, or the first addresses have waited. */
  readonly begun: Promise<void>;
  private readonly answers = new Map<string, Answer>();
  /** The places in the list of each name without an answer. */
  private readonly unanswered = new Map<string, number[]>();
  /** The places that have become known and were not taken yet. */
  private ready: number[] = [];
  /** The first name that resolved to each address: an address of several names is tried once. */
  private readonly taken = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;
  private begin: () => void = () => undefined;
  private onAnswer: (() => void) | undefined;
  /** Whether higher priority numbers wait for the names of lower ones. */
  private isHolding = false;
  private holdTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly endpoints: readonly Endpoint[],
    private readonly options: Pick<ConnectOptions, 'lookup' | 'family' | 'tls'>,
    private readonly elapsed: () => number,
    private readonly timeout = Infinity,
    private readonly listener?: AttemptListener,
  ) {
    const { lookup, family = 0 } = options;
    endpoints.forEach((endpoint, place) => {
      if (!isName(endpoint)) this.ready.push(place);
      else this.placesOf(endpoint.host).push(place);
    });
    this.holdBack();
    const begun = new Promise<void>((resolve) => (this.begin = resolve));
    if (!endpoints.every(isName)) this.beginSoon();
    const asking = Array.from(this.unanswered.keys(), (name) =>
      this.ask(name, lookup ?? dns.lookup, family),
    );
    this.done = Promise.all(asking).then(() => this.stopTimers());
    this.begun = Promise.race([begun, this.done]);
    // Whoever waits for one of them sees the error; nobody has to wait for both.
    this.done.catch(() => this.stopTimers());
    this.begun.catch(() => undefined);
  }

  /**
   * The endpoints that have become known since this was asked last, in the order of the list. A higher priority
   * number is held back until all names of the lower ones have their answers.
   */
  drain(): Endpoint[] {
    const { ready } = this;
    ready.sort((a, b) => a - b);
    const least = this.leastUnanswered();
    const priorityOf = (place: number): number => (this.endpoints[place] as Endpoint).priority;
    const places = ready.filter((place) => priorityOf(place) <= least);
    this.ready =
      places.length < ready.length ? ready.filter((place) => priorityOf(place) > least) : [];
    const known: Endpoint[] = [];
    for (const place of places) {
      const endpoint = this.endpoints[place] as Endpoint;
      // An address that stands in the list twice is tried twice.
      if (!isName(endpoint)) known.push(endpoint);
      else this.takeAddresses(endpoint, known);
    }
    return known;
  }

  /** The lowest priority number of a name without an answer. */
  private leastUnanswered(): number {
    let least = Infinity;
    if (!this.isHolding) return least;
    for (const places of this.unanswered.values()) {
      for (const place of places)
        least = Math.min(least, (this.endpoints[place] as Endpoint).priority);
    }
    return least;
  }

  private takeAddresses(endpoint: Endpoint, known: Endpoint[]): void {
    const own = new Set<string>();
    for (const { address, family } of this.answers.get(endpoint.host)?.addresses ?? []) {
      const found = { ...endpoint, address, family };
      // TLS asks each name for a certificate of its own.
      const name = this.options.tls === undefined ? '' : found.host;
      const key = `${plainAddress(address)} ${zoneOf(address)} ${found.port} ${name}`;
      // A name that stands in the list twice is tried twice; an address that occurs twice in one answer, or in the
      // answers of two names, is tried once.
      const owner = this.taken.get(key) ?? found.host;
      if (own.has(key) || owner !== found.host) continue;
      own.add(key);
      this.taken.set(key, owner);
      known.push(found);
    }
  }

  /** Calls back each time that a name has its answer from now on. */
  notify(onAnswer: (() => void) | undefined): void {
    this.onAnswer = onAnswer;
  }

  get isDone(): boolean {
    return this.unanswered.size === 0;
  }

  /** A row for each name that gave no address. */
  failures(): Row[] {
    return this.rowsOf((answer) => answer !== undefined && answer.addresses === undefined);
  }

  /** A row for each name that has no answer yet. */
  rowsWithoutAnswer(): Row[] {
    return this.rowsOf((answer) => answer === undefined);
  }

  private rowsOf(isMeant: (answer: Answer | undefined) => boolean): Row[] {
    const endpoints = this.endpoints.filter((endpoint) => {
      return isName(endpoint) && isMeant(this.answers.get(endpoint.host));
    });
    return endpoints.map(({ host, port }) => {
      const answer = this.answers.get(host);
      return {
        host,
        port,
        address: undefined,
        localAddress: '',
        localPort: 0,
        outcome: answer ? 'failed' : 'timeout',
        code: answer?.code ?? 'ETIMEDOUT',
        cause: answer?.cause,
        start: 0,
        end: answer?.end ?? this.elapsed(),
      };
    });
  }

  private placesOf(name: string): number[] {
    const places = this.unanswered.get(name) ?? [];
    this.unanswered.set(name, places);
    return places;
  }

  private stopTimers(): void {
    clearTimeout(this.timer);
    clearTimeout(this.holdTimer);
  }

  /** Where the list has several priorities. */
  private holdBack(): void {
    const [first] = this.endpoints;
    this.isHolding = this.endpoints.some(({ priority }) => priority !== first?.priority);
    if (!this.isHolding) return;
    this.holdTimer = this.startTimer(PRIORITY_DELAY, () => {
      this.isHolding = false;
      this.begin();
      this.onAnswer?.();
    });
  }

  private beginSoon(): void {
    this.timer ??= this.startTimer(RESOLUTION_DELAY, () => this.begin());
  }

  /** Half of the time that is left at most, so that the other half is for connecting. */
  private startTimer(ms: number, expire: () => void): NodeJS.Timeout {
    const left = this.timeout - this.elapsed();
    return setTimeout(expire, Math.min(ms, left / 2));
  }

  private ask(name: string, lookup: net.LookupFunction, family: 0 | 4 | 6): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (answer: Omit<Answer, 'end'>): void => {
        const places = this.unanswered.get(name);
        if (places === undefined) return; // It has answered before.
        this.unanswered.delete(name);
        this.answers.set(name, { ...answer, end: this.elapsed() });
        if (answer.addresses) {
          for (const place of places) this.ready.push(place);
          this.beginSoon();
        }
        resolve();
        this.listener?.resolved?.(name, answer.cause, answer.addresses ?? []);
        this.onAnswer?.();
      };
      try {
        const hints = family === 0 && !IS_WINDOWS ? dns.ADDRCONFIG : 0;
        lookup(name, { all: true, family, hints }, (error, address, oneFamily) => {
          settle(readAnswer(error, () => readAddresses(address, oneFamily, family)));
        });
      } catch (error) {
        reject(error);
      }
    });
  }
}

export function isName({ family }: Endpoint): boolean {
  return family === 0;
}

/** Addresses, or the code of the error there was instead. */
interface Answer {
  addresses?: ResolvedAddress[];
  code?: string;
  cause?: Error;
  /** ms from the call. */
  end: number;
}

/** What a lookup answers with is the caller's, and may be anything. */
function readAnswer(error: unknown, read: () => Omit<Answer, 'end'>): Omit<Answer, 'end'> {
  try {
    if (!error) return read();
    const { code } = error as { code?: unknown };
    const isCode = typeof code === 'string' && /^\w{1,64}$/.test(code);
    const cause = isNativeError(error)
      ? error
      : new Error('The lookup failed with a value that is not an Error', { cause: error });
    return { code: isCode ? code : UNKNOWN_FAILURE, cause };
  } catch {
    return { code: UNKNOWN_FAILURE };
  }
}

/** getaddrinfo()'s own, for a failure that says nothing of itself. */
const UNKNOWN_FAILURE = 'EAI_FAIL';

/** A lookup answers with one address or with a list, whatever it was asked for; `net` takes both. */
function readAddresses(
  answer: string | dns.LookupAddress[],
  oneFamily: number | undefined,
  wanted: 0 | 4 | 6,
): Omit<Answer, 'end'> {
  const list = typeof answer === 'string' ? [{ address: answer, family: oneFamily }] : answer;
  const entries: unknown[] = Array.isArray(list) ? list : [undefined];
  if (entries.length === 0) return { code: 'ENOTFOUND' };
  // As net does: an entry that is no address is left out, unless there is no other.
  const valid = entries
    .map((entry) => (entry as { address?: unknown } | null | undefined)?.address)
    .filter((text): text is string => typeof text === 'string' && familyOf(text) !== 0);
  if (valid.length === 0) return { code: 'ERR_INVALID_IP_ADDRESS' };
  const addresses = valid
    .map((text) => (familyOf(text) === 6 ? unmapped(text) : { family: 4 as const, address: text }))
    .filter(({ family }) => wanted === 0 || family === wanted);
  return addresses.length > 0 ? { addresses } : { code: 'ENOTFOUND' };
}

/**
 * net.connect() asks with the hint ADDRCONFIG where no family is asked for, but not on Windows: a host without IPv6
 * then does not wait for a resolver that ignores questions for AAAA.
 */
const IS_WINDOWS = process.platform === 'win32';

// Host names of a list become addresses. Every name is asked for once, all of them at the same time.

import * as dns from 'node:dns';
import * as net from 'node:net';

import type { Attempt } from './attempt';
import { unmapped, type Endpoint } from './endpoints';
import type { ConnectOptions } from './options';

export interface Resolved {
  /** The endpoints in the order of the list, each name replaced by its addresses. */
  readonly endpoints: readonly Endpoint[];
  /** A row for each name that gave no address. */
  readonly failures: readonly Attempt[];
}

/** The lookups of one list while they run. */
export class Resolution {
  /** Settles when every name has its answer. It rejects only with what `lookup` itself throws. */
  readonly done: Promise<void>;
  private readonly answers = new Map<string, Answer>();

  constructor(
    private readonly endpoints: readonly Endpoint[],
    { lookup, family = 0 }: Pick<ConnectOptions, 'lookup' | 'family'>,
    private readonly elapsed: () => number,
  ) {
    const names = new Set(endpoints.filter(({ family }) => family === 0).map(({ host }) => host));
    const ask = lookup ?? dns.lookup;
    this.done = Promise.all(Array.from(names, (name) => this.ask(name, ask, family))).then(
      () => undefined,
    );
  }

  /** What is known by now. A name without an answer yet counts as timed out. */
  result(): Resolved {
    const endpoints: Endpoint[] = [];
    const failures: Attempt[] = [];
    for (const endpoint of this.endpoints) {
      const answer = this.answers.get(endpoint.host);
      if (endpoint.family !== 0) {
        endpoints.push(endpoint);
      } else if (answer?.addresses) {
        for (const address of answer.addresses) endpoints.push({ ...endpoint, ...address });
      } else {
        failures.push({
          host: endpoint.host,
          port: endpoint.port,
          remoteAddress: undefined,
          localAddress: undefined,
          outcome: answer ? 'failed' : 'timeout',
          code: answer?.code ?? 'ETIMEDOUT',
          start: 0,
          end: answer?.end ?? this.elapsed(),
        });
      }
    }
    return { endpoints, failures };
  }

  private ask(name: string, lookup: net.LookupFunction, family: 0 | 4 | 6): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (answer: Omit<Answer, 'end'>): void => {
        this.answers.set(name, { ...answer, end: this.elapsed() });
        resolve();
      };
      try {
        lookup(name, { all: true, family }, (error, address, oneFamily) => {
          if (error) return settle({ code: error.code ?? 'EAI_FAIL' });
          settle(readAddresses(address, oneFamily, family));
        });
      } catch (error) {
        reject(error);
      }
    });
  }
}

/** Addresses, or the code of the error there was instead. */
interface Answer {
  addresses?: { family: 4 | 6; address: string }[];
  code?: string;
  /** ms from the call. */
  end: number;
}

/** A lookup answers with one address or with a list, whatever it was asked for; `net` takes both. */
function readAddresses(
  answer: string | dns.LookupAddress[],
  oneFamily: number | undefined,
  wanted: 0 | 4 | 6,
): Omit<Answer, 'end'> {
  const list = typeof answer === 'string' ? [{ address: answer, family: oneFamily }] : answer;
  const texts = Array.isArray(list)
    ? list.map((entry: { address?: unknown } | null) => entry?.address)
    : [undefined];
  if (texts.length === 0) return { code: 'ENOTFOUND' };
  // Node's own code for a lookup that answers with something else.
  if (!texts.every((text) => typeof text === 'string' && net.isIP(text) !== 0)) {
    return { code: 'ERR_INVALID_IP_ADDRESS' };
  }
  const addresses = (texts as string[])
    .map((text) => (net.isIP(text) === 6 ? unmapped(text) : { family: 4 as const, address: text }))
    .filter(({ family }) => wanted === 0 || family === wanted);
  return addresses.length > 0 ? { addresses } : { code: 'ENOTFOUND' };
}

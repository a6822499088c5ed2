// Pairs of addresses, and what the caller's policy makes of them (C23).

import * as net from 'node:net';

import { toSocketAddress, type Endpoint } from '../endpoints/endpoints';
import { invalidArgType, invalidArgValue, outOfRange } from '../util/argument-errors';
import { policyTable } from './operator-order';
import { describeAddress } from './rfc6724';

/** A destination and where to reach it from, as a `policy` and sortAddressPairs() see it. */
export interface AddressPair {
  /** The destination. */
  readonly remote: net.SocketAddress;
  /** Where the connection would come from; undefined when there is no way there, or it is not known. */
  readonly local: net.SocketAddress | undefined;
  /** The destination's scope, as in RFC 6724 section 3.1: 2 link-local, 5 site-local, 14 global. */
  readonly scope: number;
  /** The destination's label in the policy table (RFC 6724 section 2.1; on Linux /etc/gai.conf can replace it). */
  readonly label: number;
  /** The destination's precedence in the same table; the higher comes first. */
  readonly precedence: number;
  /**
   * Whether the system has a route to the destination. Always true with `localAddress`; always false with the engine
   * 'winsock', which does not ask.
   */
  readonly reachable: boolean;
}

/** Sees the pairs, best first, and answers with those that may be tried, in the order to try them. */
export type PairPolicy = (pairs: Iterable<AddressPair>) => Iterable<AddressPair>;

/** A destination, and where to connect to it from, on its way to the engine. */
export interface Candidate {
  readonly target: Endpoint;
  /** The source address that the system would choose; '' when there is no route, or it was not asked. */
  readonly source: string;
  /** The address that the attempt is bound to; '' leaves the choice to the system. */
  readonly localAddress: string;
  /** How long the next attempt waits for this one, in ms; 0 for the default. */
  readonly attemptDelay: number;
}

/** A bound against a policy that never ends. */
const MAX_PAIRS = 1_000_000;

/**
 * The pairs that may be tried, in the policy's order. Throws what the policy throws, and when it leaves none.
 *
 * @param rest the candidates behind the first ones, created lazily.
 */
export function applyPolicy(
  policy: PairPolicy,
  first: readonly Candidate[],
  rest: Iterable<Candidate> = [],
): Candidate[] {
  const known = new Map<unknown, Candidate>();
  const show = (candidate: Candidate): AddressPair => {
    const shown = toAddressPair(candidate);
    known.set(shown, candidate);
    return shown;
  };
  function* candidates(): Generator<AddressPair> {
    for (const candidate of first) yield show(candidate);
    for (const candidate of rest) yield show(candidate);
  }

  const answer: unknown = policy(candidates());
  if (typeof answer !== 'object' || answer === null || !(Symbol.iterator in answer)) {
    throw invalidArgType('options.policy()', 'an iterable of the pairs that it was given', answer);
  }
  const chosen: Candidate[] = [];
  for (const shown of answer as Iterable<unknown>) {
    const candidate = known.get(shown);
    if (candidate === undefined) {
      throw invalidArgValue('options.policy()', shown, 'answered with something it was not given');
    }
    if (chosen.length === MAX_PAIRS)
      throw outOfRange('options.policy()', `<= ${MAX_PAIRS}`, 'more');
    chosen.push(candidate);
  }
  if (chosen.length === 0) {
    throw invalidArgValue('options.policy()', chosen, 'left no pair to try: it dropped them all');
  }
  return chosen;
}

export function toAddressPair({ target, source, localAddress }: Candidate): AddressPair {
  const local = localAddress === '' ? source : localAddress;
  return {
    remote: toSocketAddress(target.address, target.port) as net.SocketAddress,
    local: toSocketAddress(local, 0),
    ...describeAddress(target.address, policyTable()),
    reachable: local !== '',
  };
}

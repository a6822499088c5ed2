// Which pairs of addresses a race tries, and in what order: the best first (C07).

import { withoutZone, type Endpoint } from '../endpoints/endpoints';
import type { Abortable } from '../util/abortable';
import { inOneGo, inTurns, CHUNK, type Chunks } from '../util/chunks';
import { historyOf, type History, type HistoryOption, type Way } from './history';
import { otherLocalAddresses } from './local-addresses';
import { familyToBeginWith } from './operator-order';
import {
  applyPolicy,
  toAddressPair,
  type AddressPair,
  type Pair,
  type PairPolicy,
} from './pair-policy';
import { alternateFamilies, compareRanks } from './rfc6724';
import { Destination, destinationsOf } from './source-addresses';

/** What ConnectOptions say about candidates. */
export interface PairOptions extends HistoryOption {
  readonly policy?: PairPolicy | undefined;
  readonly localAddress?: string | undefined;
}

/** A target, its address, and what the rules go by. */
interface Candidate {
  readonly target: Endpoint;
  readonly address: string;
  readonly destination: Destination;
}

/** What a race begins with, and what it has to fall back on. */
export interface Plan {
  readonly pairs: Pair[];
  /** Destinations without a route. They are tried, because routes change; but only when all else has failed. */
  readonly unreachable: readonly Endpoint[];
}

/** What the race engine does with these targets. Throws what `policy` throws, and when it leaves nothing. */
export function planRace(targets: readonly Endpoint[], options: PairOptions): Plan {
  const { localAddress = '', policy } = options;
  const only = targets[0];
  // With one target there is nothing to order, and nothing is asked.
  const plan =
    only !== undefined && targets.length === 1
      ? { pairs: [pairOf(only, localAddress, localAddress)], unreachable: [] }
      : inOneGo(orderPairs(targets, localAddress, options));
  return policy === undefined ? plan : chosenOf(plan, policy, options);
}

/**
 * The same for a long list: after each chunk everybody else has a turn. Undefined where `isLate` says so before it
 * is done.
 */
export async function planRaceInTurns(
  targets: readonly Endpoint[],
  options: PairOptions,
  signal: Abortable | undefined,
  isLate: () => boolean,
): Promise<Plan | undefined> {
  const { localAddress = '', policy } = options;
  // Of a copy: names may become known meanwhile.
  const plan = await inTurns(orderPairs([...targets], localAddress, options), signal, isLate);
  return policy === undefined || plan === undefined ? plan : chosenOf(plan, policy, options);
}

function chosenOf(plan: Plan, policy: PairPolicy, options: PairOptions): Plan {
  const all = [...plan.pairs, ...unreachablePairs(plan.unreachable)];
  return { pairs: applyPolicy(policy, all, otherPairs(all, options)), unreachable: [] };
}

/** Destinations without a route, in their order. */
export function unreachablePairs(targets: readonly Endpoint[]): Pair[] {
  return sorted(
    targets.map((target) => candidate(target, new Destination(target.address, ''))),
  ).map(({ target }) => pairOf(target, '', ''));
}

/**
 * What comes after each destination has had its best pair; made when it is asked for. With an address that
 * was asked for there are none.
 */
export function otherPairs(first: readonly Pair[], options: PairOptions): Iterable<Pair> {
  return options.localAddress === undefined ? otherLocalAddresses(withSources(first)) : [];
}

/** The destinations of the winsock engine: Windows decides which pairs it makes of them. */
export function planWinsock(
  targets: readonly Endpoint[],
  policy: PairPolicy | undefined,
): Endpoint[] {
  if (policy === undefined) return [...targets];
  const pairs = targets.map((target) => pairOf(target, '', ''));
  return applyPolicy(policy, pairs).map(({ target }) => target);
}

/** Every pair that would be tried, best first. */
export function allPairs(targets: readonly Endpoint[]): AddressPair[] {
  const plan = planRace(targets, { history: false });
  const first = withSources([...plan.pairs, ...unreachablePairs(plan.unreachable)]);
  return [...first, ...otherLocalAddresses(first)].map(toAddressPair);
}

/**
 * RFC 6724 section 6, then families in turn (RFC 8305 section 4); what did not answer lately goes behind
 * the others. It yields when it has done a chunk of the work.
 */
function* orderPairs(
  targets: readonly Endpoint[],
  bind: string,
  options: Pick<PairOptions, 'history'>,
): Chunks<Plan> {
  const reachable: Candidate[] = [];
  const unreachable: Endpoint[] = [];
  for (let at = 0; at < targets.length; at += CHUNK) {
    if (at > 0) yield;
    const chunk = targets.slice(at, at + CHUNK);
    const known = bind === '' ? destinationsOf(chunk) : undefined;
    for (const target of chunk) {
      const destination = known?.get(target.address) ?? new Destination(target.address, bind);
      if (destination.source === '') unreachable.push(target);
      else reachable.push(candidate(target, destination));
    }
  }
  // They are what there is to try, then.
  if (reachable.length === 0) return { pairs: unreachablePairs(unreachable), unreachable: [] };
  // And where there is but one, it comes first whatever is known of it.
  const [only] = reachable;
  if (only && reachable.length === 1) {
    return { pairs: [pairOf(only.target, only.destination.source, bind)], unreachable };
  }
  const best = yield* sortInChunks(reachable);
  const history = historyOf(options);
  history?.forgetOtherNetworks();
  const answering: Candidate[] = [];
  const silent: Candidate[] = [];
  for (const [i, one] of best.entries()) {
    if (i % CHUNK === 0) yield;
    (history?.isSilent(wayOf(one)) ? silent : answering).push(one);
  }
  const first = familyToBeginWith();
  const ordered = [...alternateFamilies(answering, first), ...alternateFamilies(silent, first)];
  const pairs: Pair[] = [];
  for (const [i, { target, destination }] of ordered.entries()) {
    if (i % CHUNK === 0) yield;
    pairs.push(pairOf(target, destination.source, bind, history));
  }
  return { pairs, unreachable };
}

/**
 * The candidates in the order of RFC 6724. Those of a long list have few different ranks: they are gathered by
 * these, and what is sorted at once is the ranks.
 */
function* sortInChunks(candidates: readonly Candidate[]): Chunks<Candidate[]> {
  const groups = new Map<string, Candidate[]>();
  for (const [i, one] of candidates.entries()) {
    if (i % CHUNK === 0) yield;
    const key = one.destination.ranks().join();
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return Array.from(groups.values())
    .sort(([a], [b]) => byRanks(a as Candidate, b as Candidate))
    .flat();
}

function wayOf({ target, destination }: Candidate): Way {
  return { source: withoutZone(destination.source), address: target.address, port: target.port };
}

function candidate(target: Endpoint, destination: Destination): Candidate {
  return { target, address: target.address, destination };
}

function sorted(candidates: Candidate[]): Candidate[] {
  return candidates.sort(byRanks);
}

function byRanks(a: Candidate, b: Candidate): number {
  return compareRanks(a.destination.ranks(), b.destination.ranks());
}

function pairOf(target: Endpoint, source: string, bind: string, history?: History): Pair {
  const { address, port } = target;
  return {
    target,
    source,
    bind,
    patience: history?.patience({ source: withoutZone(source), address, port }) ?? 0,
  };
}

/** The source of a single target was not asked for: nothing had to be sorted by it. */
export function withSources(pairs: readonly Pair[]): readonly Pair[] {
  const unknown = pairs.filter(({ source }) => source === '');
  if (unknown.length === 0) return pairs;
  const known = destinationsOf(unknown.map(({ target }) => target));
  return pairs.map((pair) => ({
    ...pair,
    source: pair.source || (known.get(pair.target.address)?.source ?? ''),
  }));
}

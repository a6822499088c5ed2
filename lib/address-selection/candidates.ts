// Which candidates a race tries, and in what order. Priorities come first (RFC 2782), then what ConnectOptions.order
// says, and history puts destinations that did not answer lately behind the others.

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
  type Candidate,
  type PairPolicy,
} from './pair-policy';
import { alternateFamilies, compareRanks } from './rfc6724';
import { shuffle, weightedOrder } from './spread';
import { Destination, destinationsOf } from './source-addresses';

/** What ConnectOptions say about candidates. */
export interface CandidateOptions extends HistoryOption {
  readonly order?: 'rfc6724' | 'given' | 'shuffle' | undefined;
  readonly policy?: PairPolicy | undefined;
  readonly localAddress?: string | undefined;
}

/** A target, its address, and what the rules go by. */
interface Ranked {
  readonly target: Endpoint;
  readonly address: string;
  readonly destination: Destination;
}

/** What a race begins with, and what it has to fall back on. */
export interface Plan {
  readonly candidates: Candidate[];
  /**
   * Destinations without a route. They are tried, because routes change; but only when all of their priority have
   * failed.
   */
  readonly unreachable: readonly Endpoint[];
}

/** What the race engine does with these targets. Throws what `policy` throws, and when it leaves nothing. */
export function planRace(targets: readonly Endpoint[], options: CandidateOptions): Plan {
  const { localAddress = '', policy } = options;
  const only = targets[0];
  // A single target is not sorted, so its source address is not asked for, unless a policy sees it.
  const plan =
    only !== undefined && targets.length === 1 && policy === undefined
      ? { candidates: [toCandidate(only, localAddress, localAddress)], unreachable: [] }
      : inOneGo(orderAll(targets, localAddress, options));
  return policy === undefined ? plan : chosenOf(plan, policy, options);
}

/**
 * The same for a long list: after each chunk everybody else has a turn. Undefined where `isLate` says so before it
 * is done.
 */
export async function planRaceInTurns(
  targets: readonly Endpoint[],
  options: CandidateOptions,
  signal: Abortable | undefined,
  isLate: () => boolean,
): Promise<Plan | undefined> {
  const { localAddress = '', policy } = options;
  // Copies the list, which grows while names are resolved.
  const plan = await inTurns(orderAll([...targets], localAddress, options), signal, isLate);
  return policy === undefined || plan === undefined ? plan : chosenOf(plan, policy, options);
}

function chosenOf(plan: Plan, policy: PairPolicy, options: CandidateOptions): Plan {
  const all = [...plan.candidates, ...unreachableCandidates(plan.unreachable)];
  return {
    candidates: applyPolicy(policy, all, otherCandidates(all, options)),
    unreachable: [],
  };
}

/** Destinations without a route, in their order. */
export function unreachableCandidates(targets: readonly Endpoint[]): Candidate[] {
  return targets
    .map((target) => ranked(target, new Destination(target.address, '')))
    .sort(byRanks)
    .map(({ target }) => toCandidate(target, '', ''));
}

/**
 * What comes after each destination has had its best source address; made when it is asked for. With a
 * `localAddress` there are none.
 */
function otherCandidates(
  first: readonly Candidate[],
  options: CandidateOptions,
): Iterable<Candidate> {
  return options.localAddress === undefined ? otherLocalAddresses(withSources(first)) : [];
}

/** The destinations of the winsock engine: Windows decides which pairs it makes of them. */
export function planWinsock(
  targets: readonly Endpoint[],
  policy: PairPolicy | undefined,
): Endpoint[] {
  if (policy === undefined) return [...targets];
  const candidates = targets.map((target) => toCandidate(target, '', ''));
  return applyPolicy(policy, candidates).map(({ target }) => target);
}

/** Every pair that would be tried, best first. */
export function allPairs(targets: readonly Endpoint[], options: CandidateOptions): AddressPair[] {
  const { localAddress = '', policy } = options;
  const plan = inOneGo(
    orderAll(targets, localAddress, { ...options, history: options.history ?? false }),
  );
  const first = withSources([...plan.candidates, ...unreachableCandidates(plan.unreachable)]);
  if (policy === undefined) {
    return [...first, ...otherCandidates(first, options)].map(toAddressPair);
  }
  const chosen = chosenOf({ candidates: [...first], unreachable: [] }, policy, options);
  return chosen.candidates.map(toAddressPair);
}

/** Priority by priority. It yields when it has done a chunk of the work. */
function* orderAll(
  targets: readonly Endpoint[],
  localAddress: string,
  options: CandidateOptions,
): Chunks<Plan> {
  const [first] = targets;
  if (targets.every(({ priority }) => priority === first?.priority)) {
    return yield* orderOne(targets, localAddress, options);
  }
  const priorities = Array.from(byPriority(targets));
  const candidates: Candidate[] = [];
  let unreachable: readonly Endpoint[] = [];
  for (const [, ofPriority] of priorities.sort(([a], [b]) => a - b)) {
    // A higher number waits for all of the lower ones, those without a route included.
    for (const candidate of unreachableCandidates(unreachable)) candidates.push(candidate);
    const plan = yield* orderOne(ofPriority, localAddress, options);
    for (const candidate of plan.candidates) candidates.push(candidate);
    ({ unreachable } = plan);
  }
  return { candidates, unreachable };
}

function byPriority(targets: readonly Endpoint[]): Map<number, Endpoint[]> {
  const groups = new Map<number, Endpoint[]>();
  for (const target of targets) {
    const group = groups.get(target.priority);
    if (group) group.push(target);
    else groups.set(target.priority, [target]);
  }
  return groups;
}

/** The targets of one priority. */
function* orderOne(
  targets: readonly Endpoint[],
  localAddress: string,
  options: CandidateOptions,
): Chunks<Plan> {
  const { order = 'rfc6724' } = options;
  const isWeighted = targets.some(({ weight }) => weight > 0);
  const reachable: Ranked[] = [];
  const unreachable: Endpoint[] = [];
  for (let at = 0; at < targets.length; at += CHUNK) {
    if (at > 0) yield;
    const chunk = targets.slice(at, at + CHUNK);
    const known = localAddress === '' ? destinationsOf(chunk) : undefined;
    for (const target of chunk) {
      const destination =
        known?.get(target.address) ?? new Destination(target.address, localAddress);
      // In the order given, one without a route has its place too: it fails at once.
      if (destination.source !== '' || order === 'given') {
        reachable.push(ranked(target, destination));
      } else unreachable.push(target);
    }
  }
  // No destination has a route: all of them are tried.
  if (reachable.length === 0) {
    return { candidates: unreachableCandidates(unreachable), unreachable: [] };
  }
  // A single destination needs neither sorting nor history.
  const [only] = reachable;
  if (only && reachable.length === 1) {
    return {
      candidates: [toCandidate(only.target, only.destination.source, localAddress)],
      unreachable,
    };
  }
  const history = historyOf(options);
  history?.forgetOtherNetworks();
  const first = order === 'rfc6724' ? familyToBeginWith() : undefined;
  const answering: Ranked[] = [];
  const silent: Ranked[] = [];
  let count = 0;
  for (const part of isWeighted ? weightedOrder(reachable) : [reachable]) {
    const isSorted = order === 'rfc6724' && part.length > 1;
    const best = isSorted ? yield* sortInChunks(part) : part;
    if (order === 'shuffle') shuffle(best);
    const split: [Ranked[], Ranked[]] = [[], []];
    for (const one of best) {
      if (++count % CHUNK === 0) yield;
      split[history?.isBehind(wayOf(one), one.target.host) ? 1 : 0].push(one);
    }
    const [now, later] = isSorted ? split.map((group) => alternateFamilies(group, first)) : split;
    for (const one of now ?? []) answering.push(one);
    for (const one of later ?? []) silent.push(one);
  }
  const candidates: Candidate[] = [];
  for (const [i, { target, destination }] of [...answering, ...silent].entries()) {
    if (i % CHUNK === 0) yield;
    candidates.push(toCandidate(target, destination.source, localAddress, history));
  }
  return { candidates, unreachable };
}

/**
 * The targets in the order of RFC 6724. Those of a long list have few different ranks: they are grouped by
 * these, and what is sorted at once is the ranks.
 */
function* sortInChunks(targets: readonly Ranked[]): Chunks<Ranked[]> {
  const groups = new Map<string, Ranked[]>();
  for (const [i, one] of targets.entries()) {
    if (i % CHUNK === 0) yield;
    const key = one.destination.ranks().join();
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return Array.from(groups.values())
    .sort(([a], [b]) => byRanks(a as Ranked, b as Ranked))
    .flat();
}

function wayOf({ target, destination }: Ranked): Way {
  return { source: withoutZone(destination.source), address: target.address, port: target.port };
}

function ranked(target: Endpoint, destination: Destination): Ranked {
  return { target, address: target.address, destination };
}

function byRanks(a: Ranked, b: Ranked): number {
  return compareRanks(a.destination.ranks(), b.destination.ranks());
}

function toCandidate(
  target: Endpoint,
  source: string,
  localAddress: string,
  history?: History,
): Candidate {
  const { address, port } = target;
  return {
    target,
    source,
    localAddress,
    attemptDelay: history?.attemptDelay({ source: withoutZone(source), address, port }) ?? 0,
  };
}

/** The source of a single target was not asked for: nothing had to be sorted by it. */
export function withSources(candidates: readonly Candidate[]): readonly Candidate[] {
  const unknown = candidates.filter(({ source }) => source === '');
  if (unknown.length === 0) return candidates;
  const known = destinationsOf(unknown.map(({ target }) => target));
  return candidates.map((candidate) => ({
    ...candidate,
    source: candidate.source || (known.get(candidate.target.address)?.source ?? ''),
  }));
}

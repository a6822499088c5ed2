// Which pairs of addresses are tried, and in what order: the best first (C07), and what the caller's
// policy makes of them (C23).

import * as net from 'node:net';
import { setImmediate } from 'node:timers/promises';

import { Destination, destinationsOf } from './destinations';
import { toSocketAddress, type Endpoint } from './endpoints';
import { invalidArgType, invalidArgValue, outOfRange } from './errors';
import { processHistory, type History, type Lesson } from './history';
import { alternativesOf } from './local-addresses';
import type { ConnectOptions } from './options';
import { alternateFamilies, compareRanks, describeAddress } from './rfc6724';
import { orAbort, type Abortable } from './or-abort';

/** A destination and where to reach it from, as a `policy` and sortAddressPairs() see it. */
export interface AddressPair {
  /** The destination. */
  readonly remote: net.SocketAddress;
  /** Where the connection would come from; undefined when there is no way there, or it is not known. */
  readonly local: net.SocketAddress | undefined;
  /** The destination's scope, as in RFC 6724 section 3.1: 2 link-local, 5 site-local, 14 global. */
  readonly scope: number;
  /** The destination's label in RFC 6724's default policy table (section 2.1). */
  readonly label: number;
  /** The destination's precedence in the same table; the higher comes first. */
  readonly precedence: number;
  /** Whether the host has a way to the destination at all. */
  readonly reachable: boolean;
}

/** Sees the pairs, best first, and answers with those that may be tried, in the order to try them. */
export type PairPolicy = (pairs: Iterable<AddressPair>) => Iterable<AddressPair>;

/** A pair on its way to the engine. */
export interface Pair {
  readonly target: Endpoint;
  /** Where the system would connect from; '' when it has no way there, or was not asked. */
  readonly source: string;
  /** Where it has to come from; '' leaves that to the system. */
  readonly bind: string;
  /** How long the next attempt waits for this one, in ms; 0 where nothing is known of it. */
  readonly patience: number;
}

/** A target, its address, and what the rules go by. */
interface Candidate {
  readonly target: Endpoint;
  readonly address: string;
  readonly destination: Destination;
}

/** More than a policy means. */
const MOST_PAIRS = 1_000_000;

export type PairOptions = Pick<ConnectOptions, 'policy' | 'localAddress' | 'history'>;

/** What a race begins with, and what it has to fall back on. */
export interface Plan {
  readonly pairs: Pair[];
  /** What the host has no way to. It is tried, because routes change; but only when all else has failed. */
  readonly unreachable: readonly Endpoint[];
}

/** How many targets are put into their order in one turn of the event loop: a few ms of work. */
const SLICE = 512;

/** Whether putting so many into their order would hold the loop for long. */
export function isLong(targets: readonly Endpoint[]): boolean {
  return targets.length > SLICE;
}

/** What the race engine does with these targets. Throws what `policy` throws, and when it leaves nothing. */
export function planRace(targets: readonly Endpoint[], options: PairOptions): Plan {
  const { localAddress = '', policy } = options;
  const [only] = targets;
  // With one target there is nothing to order, and nothing is asked.
  const plan =
    only !== undefined && targets.length === 1
      ? { pairs: [pairOf(only, localAddress, localAddress)], unreachable: [] }
      : inOneGo(orderPairs(targets, localAddress, options));
  return policy === undefined ? plan : chosenOf(plan, policy, options);
}

/** The same for a long list: after each slice everybody else has a turn. */
export function planRaceInTurns(
  targets: readonly Endpoint[],
  options: PairOptions,
  signal: Abortable | undefined,
): Promise<Plan> {
  const { policy } = options;
  return orAbort(signal, (resolve, reject) => {
    let isWanted = true;
    // Of a copy: names may become known meanwhile.
    const steps = orderPairs([...targets], options.localAddress ?? '', options);
    const turn = async (): Promise<void> => {
      for (let step = steps.next(); isWanted; step = steps.next()) {
        if (step.done === true) {
          resolve(policy === undefined ? step.value : chosenOf(step.value, policy, options));
          return;
        }
        await setImmediate();
      }
    };
    turn().catch(reject);
    return () => (isWanted = false);
  });
}

function inOneGo<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function chosenOf(plan: Plan, policy: PairPolicy, options: PairOptions): Plan {
  const all = [...plan.pairs, ...unreachablePairs(plan.unreachable)];
  return { pairs: applyPolicy(policy, all, otherPairs(all, options)), unreachable: [] };
}

/** What the host has no way to, in its order. */
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
  return options.localAddress === undefined ? alternativesOf(withSources(first)) : [];
}

/** The destinations of the winsock engine: which pairs are made of them is Windows' say. */
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
  return [...first, ...alternativesOf(first)].map(toAddressPair);
}

/**
 * RFC 6724 section 6, then families in turn (RFC 8305 section 4); what did not answer lately goes behind
 * the others. It yields when it has done a slice of the work.
 */
function* orderPairs(
  targets: readonly Endpoint[],
  bind: string,
  options: Pick<PairOptions, 'history'>,
): Generator<undefined, Plan> {
  const reachable: Candidate[] = [];
  const unreachable: Endpoint[] = [];
  for (let at = 0; at < targets.length; at += SLICE) {
    if (at > 0) yield;
    const slice = isLong(targets) ? targets.slice(at, at + SLICE) : targets;
    const known = bind === '' ? destinationsOf(slice) : undefined;
    for (const target of slice) {
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
  for (let i = 0; i < reachable.length; i++) {
    if (i % SLICE === 0) yield;
    reachable[i]?.destination.rank();
  }
  yield;
  const best = sorted(reachable);
  yield;
  const history = historyOf(options);
  const answering: Candidate[] = [];
  const silent: Candidate[] = [];
  for (const one of best) {
    const { address, port } = one.target;
    (history?.isSilent(address, port) ? silent : answering).push(one);
  }
  const ordered = [...alternateFamilies(answering), ...alternateFamilies(silent)];
  yield;
  const pairs = ordered.map(({ target, destination }) => {
    return pairOf(target, destination.source, bind, history);
  });
  yield; // Handing so many to the addon is work as well.
  return { pairs, unreachable };
}

function candidate(target: Endpoint, destination: Destination): Candidate {
  return { target, address: target.address, destination };
}

function sorted(candidates: Candidate[]): Candidate[] {
  return candidates.sort((a, b) => compareRanks(a.destination.ranks, b.destination.ranks));
}

function pairOf(target: Endpoint, source: string, bind: string, history?: History): Pair {
  return { target, source, bind, patience: history?.patience(target.address, target.port) ?? 0 };
}

function historyOf({ history }: Pick<PairOptions, 'history'>): History | undefined {
  return history === false ? undefined : (history ?? processHistory);
}

/** Takes note of how a race went. A long one is gone through in turns of the event loop, when the call is over. */
export function learnFrom(race: Lesson, options: PairOptions): void {
  const history = historyOf(options);
  if (history === undefined) return;
  if (race.count <= SLICE) history.learn(race, 0, race.count);
  else void learnInTurns(race, history);
}

async function learnInTurns(race: Lesson, history: History): Promise<void> {
  for (let at = 0; at < race.count; at += SLICE) {
    await setImmediate();
    history.learn(race, at, Math.min(at + SLICE, race.count));
  }
}

/** A single target's source was not asked for: nothing had to be ordered by it. */
function withSources(pairs: readonly Pair[]): readonly Pair[] {
  if (pairs.length > 1) return pairs;
  const known = destinationsOf(pairs.map(({ target }) => target));
  return pairs.map((pair) => ({ ...pair, source: known.get(pair.target.address)?.source ?? '' }));
}

function applyPolicy(
  policy: PairPolicy,
  first: readonly Pair[],
  rest: Iterable<Pair> = [],
): Pair[] {
  const known = new Map<unknown, Pair>();
  const show = (pair: Pair): AddressPair => {
    const shown = toAddressPair(pair);
    known.set(shown, pair);
    return shown;
  };
  function* candidates(): Generator<AddressPair> {
    for (const pair of first) yield show(pair);
    for (const pair of rest) yield show(pair);
  }

  const answer: unknown = policy(candidates());
  if (typeof answer !== 'object' || answer === null || !(Symbol.iterator in answer)) {
    throw invalidArgType('options.policy()', 'an iterable of the pairs that it was given', answer);
  }
  const chosen: Pair[] = [];
  for (const shown of answer as Iterable<unknown>) {
    const pair = known.get(shown);
    if (pair === undefined) {
      throw invalidArgValue('options.policy()', shown, 'answered with something it was not given');
    }
    if (chosen.length === MOST_PAIRS)
      throw outOfRange('options.policy()', `<= ${MOST_PAIRS}`, 'more');
    chosen.push(pair);
  }
  if (chosen.length === 0) {
    throw invalidArgValue('options.policy()', chosen, 'left no pair to try: it dropped them all');
  }
  return chosen;
}

function toAddressPair({ target, source, bind }: Pair): AddressPair {
  const local = bind === '' ? source : bind;
  return {
    remote: toSocketAddress(target.address, target.port) as net.SocketAddress,
    local: toSocketAddress(local, 0),
    ...describeAddress(target.address),
    reachable: local !== '',
  };
}

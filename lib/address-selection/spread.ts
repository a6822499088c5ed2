// Orders that chance has a part in: a fair shuffle, and RFC 2782's draw by weight.

import type { Endpoint } from '../endpoints/endpoints';

/** In place, each order equally likely (Fisher and Yates; Durstenfeld's algorithm 235, CACM 7/7). */
export function shuffle(list: unknown[], random: () => number = Math.random): void {
  for (let last = list.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [list[last], list[other]] = [list[other], list[last]];
  }
}

/** The addresses of one endpoint. */
interface Group<T> {
  readonly weight: number;
  readonly members: T[];
}

/**
 * The endpoints of one priority in the order of RFC 2782's "usage rules" for weights: each draw takes one of those
 * left, with a chance in proportion to its weight, and one of weight 0 with a very small one. The addresses of one
 * endpoint stay together.
 */
export function weightedOrder<T extends { readonly target: Endpoint }>(
  targets: readonly T[],
  random: () => number = Math.random,
): T[][] {
  const groups = new Map<string, Group<T>>();
  for (const one of targets) {
    const { host, port, weight } = one.target;
    const key = `${host} ${port} ${weight}`;
    const group = groups.get(key);
    if (group) group.members.push(one);
    else groups.set(key, { weight, members: [one] });
  }
  // "arranged in any order, except that all those with weight 0 are placed at the beginning of the list".
  const zeros: Group<T>[] = [];
  const left = Array.from(groups.values()).filter((group) => {
    if (group.weight === 0) zeros.push(group);
    return group.weight > 0;
  });
  shuffle(zeros, random);
  const sums = new RunningSums(left.map(({ weight }) => weight));
  const drawn: T[][] = [];
  for (let remaining = left.length; remaining > 0; remaining--) {
    // A random whole number from 0 to the sum of the weights; 0 takes the first of those with weight 0.
    while (zeros.length > 0 && Math.floor(random() * (sums.total + 1)) === 0) {
      drawn.push((zeros.shift() as Group<T>).members);
    }
    const place = sums.take(random());
    drawn.push((left[place] as Group<T>).members);
  }
  for (const { members } of zeros) drawn.push(members);
  return drawn;
}

/** Weights to draw from, as a binary indexed tree: a draw of n takes log n steps. */
class RunningSums {
  total = 0;
  private readonly tree: Float64Array;

  constructor(private readonly weights: number[]) {
    this.tree = new Float64Array(weights.length + 1);
    weights.forEach((weight, place) => this.add(place, weight));
  }

  /** The place that the fraction (0 to below 1) of the total falls on, which is taken out. */
  take(fraction: number): number {
    let rest = Math.floor(fraction * this.total);
    let at = 0;
    for (let step = 2 ** Math.floor(Math.log2(this.weights.length)); step >= 1; step /= 2) {
      const sum = this.tree[at + step];
      if (sum === undefined || sum > rest) continue;
      at += step;
      rest -= sum;
    }
    this.add(at, -(this.weights[at] as number));
    return at;
  }

  private add(place: number, weight: number): void {
    this.total += weight;
    for (let at = place + 1; at < this.tree.length; at += at & -at) {
      this.tree[at] = (this.tree[at] as number) + weight;
    }
  }
}

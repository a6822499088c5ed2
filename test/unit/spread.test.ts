// Orders that chance has a part in: each as likely as it should be. The random numbers are always the same.

import { shuffle, weightedOrder } from '#dist/address-selection/spread';

const DRAWS = 60_000;

/** mulberry32: 32 bits of state, the same numbers each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How often each order came. */
function countOrders(draw: () => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i < DRAWS; i++) {
    const order = draw();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  return counts;
}

/** Five standard deviations: what a fair draw keeps within, here and with every other seed that was tried. */
function expectShare(count: number | undefined, share: number): void {
  const limit = 5 * Math.sqrt(DRAWS * share * (1 - share));
  expect(Math.abs((count ?? 0) - DRAWS * share)).toBeLessThan(limit);
}

function endpoints(...weights: number[]) {
  return weights.map((weight, place) => ({
    target: {
      host: `192.0.2.${place}`,
      address: `192.0.2.${place}`,
      port: 80,
      family: 4 as const,
      priority: 0,
      weight,
    },
  }));
}

function drawHosts(weights: number[], random: () => number): string {
  return weightedOrder(endpoints(...weights), random)
    .flat()
    .map(({ target }) => target.host.slice(-1))
    .join('');
}

test('a shuffle: each of the 24 orders of four is equally likely', () => {
  const random = seeded(1);
  const counts = countOrders(() => {
    const list = [0, 1, 2, 3];
    shuffle(list, random);
    return list.join('');
  });
  expect(counts.size).toBe(24);
  for (const count of counts.values()) expectShare(count, 1 / 24);
});

test('weights: who comes first, and who second, is in proportion (RFC 2782)', () => {
  const random = seeded(2);
  const counts = countOrders(() => drawHosts([1, 2, 5], random));
  expect(counts.size).toBe(6);
  const weights = [1, 2, 5] as const;
  for (const [order, count] of counts) {
    const [first, second] = Array.from(order, Number) as [0 | 1 | 2, 0 | 1 | 2];
    const share = (weights[first] / 8) * (weights[second] / (8 - weights[first]));
    expectShare(count, share);
  }
});

test('weight 0 is drawn with a very small chance, and not never, before those with a weight', () => {
  const random = seeded(3);
  const counts = countOrders(() => drawHosts([9, 0], random));
  expectShare(counts.get('10'), 1 / 10);
});

test('all of weight 0: a fair shuffle', () => {
  const random = seeded(4);
  const counts = countOrders(() => drawHosts([0, 0, 0], random));
  expect(counts.size).toBe(6);
  for (const count of counts.values()) expectShare(count, 1 / 6);
});

test('the addresses of one endpoint stay together, and none is lost', () => {
  const [a, b] = endpoints(3, 1) as [
    ReturnType<typeof endpoints>[0],
    ReturnType<typeof endpoints>[0],
  ];
  const list = [a, b, { target: { ...a.target, address: '2001:db8::1' } }];
  for (let i = 0; i < 100; i++) {
    const order = weightedOrder(list, seeded(i));
    expect(order.map(({ length }) => length).sort()).toEqual([1, 2]);
    expect(order.flat()).toHaveLength(3);
  }
});

test('a hundred thousand weighted endpoints are drawn, each once', () => {
  const weights = Array.from({ length: 100_000 }, (_, i) => (i % 3) * 1_000);
  const list = weights.map((weight, i) => ({
    target: {
      host: `h${i}`,
      address: '192.0.2.1',
      port: 80,
      family: 4 as const,
      priority: 0,
      weight,
    },
  }));
  const drawn = weightedOrder(list, seeded(5)).flat();
  expect(new Set(drawn).size).toBe(100_000);
});

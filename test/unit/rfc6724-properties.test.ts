// What is true of any list of destinations.

import fc from 'fast-check';

import { alternateFamilies, sortDestinations } from '#dist/address-selection/rfc6724';
import type { AddressWithSource, Source } from '#dist/address-selection/rfc6724';

const address = fc.oneof(
  fc.constantFrom(
    ...['::1', 'fe80::1', 'fe80::2%eth0', '2001:db8:1::1', '2001:db8:1:1::1', '2001:db8:8000::1'],
    ...['2002:c633:6401::1', '2001::1', 'fd00::1', 'fd00:0:0:1::1', '::192.0.2.1', 'fec0::1'],
    ...['3ffe::1', 'ff02::1', 'ff0e::1', '127.0.0.1', '169.254.1.1', '10.0.0.1', '10.0.1.1'],
    ...['192.0.2.1', '::ffff:192.0.2.9'],
  ),
  fc.ipV4(),
  fc.ipV6(),
);
const flag = fc.constantFrom<Partial<Source>>(
  ...[{}, {}, {}, {}, { deprecated: true }, { home: true }],
  ...[{ careOf: true }, { home: true, careOf: true }],
  { encapsulated: true },
);
const source = fc
  .tuple(address, fc.option(fc.integer({ min: 0, max: 32 }), { nil: undefined }), flag)
  .map(([address, prefixLength, flags]) => ({
    address,
    ...(prefixLength === undefined ? {} : { prefixLength }),
    ...flags,
  }));
const candidate: fc.Arbitrary<AddressWithSource> = fc.record({
  address,
  source: fc.option(source, { nil: undefined, freq: 8 }),
});
const candidates = fc.array(candidate, { maxLength: 40 });

/** -1, 0 or 1, as the sort orders the two; objects that are equal count as two. */
function compare(a: AddressWithSource, b: AddressWithSource): number {
  const [one, other] = [{ ...a }, { ...b }];
  const forward = sortDestinations([one, other])[0] === one;
  const backward = sortDestinations([other, one])[0] === one;
  if (forward !== backward) return 0;
  return forward ? -1 : 1;
}

describe('any list of destinations', () => {
  test('is sorted into a permutation of itself, and is left alone', () => {
    fc.assert(
      fc.property(candidates, (list) => {
        const before = [...list];
        const sorted = sortDestinations(list);
        expect(list).toEqual(before);
        expect(sorted).toHaveLength(list.length);
        expect(new Set(sorted)).toEqual(new Set(list));
      }),
    );
  });

  test('is sorted the same way every time, and no further when sorted again', () => {
    fc.assert(
      fc.property(candidates, (list) => {
        const sorted = sortDestinations(list);
        expect(sortDestinations(list)).toEqual(sorted);
        expectSame(sortDestinations(sorted), sorted);
      }),
    );
  });

  test('keeps the order of those that no rule tells apart', () => {
    fc.assert(
      fc.property(candidates, (list) => {
        const position = new Map(list.map((one, index) => [one, index]));
        const sorted = sortDestinations(list);
        sorted.forEach((one, index) => {
          for (const later of sorted.slice(index + 1)) {
            const order = compare(one, later);
            expect(order).toBeLessThanOrEqual(0);
            if (order === 0) {
              expect(position.get(one)).toBeLessThan(position.get(later) as number);
            }
          }
        });
      }),
      { numRuns: 30 },
    );
  });

  test('is sorted the same way from any order, but for those that no rule tells apart', () => {
    const shuffled = candidates.chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([list, again]) => {
        const sorted = sortDestinations(list);
        sortDestinations(again).forEach((one, index) => {
          expect(compare(one, sorted[index] as AddressWithSource)).toBe(0);
        });
      }),
    );
  });

  test('has an order: of three, no two are in a circle, and a tie is a tie to the third as well', () => {
    fc.assert(
      fc.property(candidate, candidate, candidate, (a, b, c) => {
        expect(compare(b, a)).toBe(0 - compare(a, b));
        if (compare(a, b) <= 0 && compare(b, c) <= 0) {
          expect(compare(a, c)).toBe(Math.min(compare(a, b), compare(b, c)));
        }
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('RFC 8305 section 4, the families in turn', () => {
  const family = ({ address }: { address: string }): 4 | 6 =>
    address.includes(':') && !address.startsWith('::ffff:') ? 6 : 4;
  const addressed = fc.array(address.map((address) => ({ address })));

  test('begins with the family of the first, and goes on with what is left', () => {
    const [a, b, c, d] = ['::a', '::b', '::c', '::d'].map((address) => ({ address }));
    const [x, y] = ['192.0.2.1', '192.0.2.2'].map((address) => ({ address }));
    expect(alternateFamilies([a, b, c, d, x, y] as AddressWithSource[])).toEqual([
      a,
      x,
      b,
      y,
      c,
      d,
    ]);
    expect(alternateFamilies([x, y, a, b, c] as AddressWithSource[])).toEqual([x, a, y, b, c]);
    expect(alternateFamilies([a, b] as AddressWithSource[])).toEqual([a, b]);
    expect(alternateFamilies([])).toEqual([]);
  });

  test('IPv4-mapped IPv6 is IPv4', () => {
    const list = ['2001:db8::1', '2001:db8::2', '::ffff:192.0.2.1'].map((address) => ({ address }));
    expect(alternateFamilies(list).map(({ address }) => address)).toEqual([
      '2001:db8::1',
      '::ffff:192.0.2.1',
      '2001:db8::2',
    ]);
  });

  test('is a permutation that keeps the order within each family', () => {
    fc.assert(
      fc.property(addressed, (list) => {
        const alternated = alternateFamilies(list);
        expect(alternated).toHaveLength(list.length);
        expect(alternated[0]).toBe(list[0]);
        for (const one of [4, 6]) {
          const ofFamily = (all: typeof list): typeof list =>
            all.filter((it) => family(it) === one);
          expectSame(ofFamily(alternated), ofFamily(list));
        }
      }),
    );
  });

  test('no family comes twice in a row while the other has any left', () => {
    fc.assert(
      fc.property(addressed, (list) => {
        const families = alternateFamilies(list).map(family);
        families.forEach((one, index) => {
          if (index > 0 && families[index - 1] === one) {
            expect(new Set(families.slice(index))).toEqual(new Set([one]));
          }
        });
      }),
    );
  });
});

/** The very same objects in the same order. */
function expectSame<T>(actual: readonly T[], expected: readonly T[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((one, index) => expect(one).toBe(expected[index]));
}

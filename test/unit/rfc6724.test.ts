// The order of destinations: the examples of RFC 6724, each of its rules alone, and what any order has to
// be, by property.

import * as net from 'node:net';

import fc from 'fast-check';

import { commonPrefixLength, DEFAULT_POLICY, parseAddress } from '#dist/policy-table';
import { alternateFamilies, describeAddress, sortDestinations } from '#dist/rfc6724';
import type { Candidate, Source } from '#dist/rfc6724';

const UNREACHABLE = undefined;

/** `to('192.0.2.1', '192.0.2.2')`: a destination and the source it has. */
function to(address: string, source: string | undefined, more?: Partial<Source>): Candidate {
  return { address, source: source === undefined ? undefined : { address: source, ...more } };
}

/** `best` comes first whichever way round the two are given. */
function expectFirst(best: Candidate, other: Candidate): void {
  expect(sortDestinations([best, other])).toEqual([best, other]);
  expect(sortDestinations([other, best])).toEqual([best, other]);
}

/** The two stay as they are given: nothing tells them apart. */
function expectTie(one: Candidate, other: Candidate): void {
  expect(sortDestinations([one, other])).toEqual([one, other]);
  expect(sortDestinations([other, one])).toEqual([other, one]);
}

const home = { home: true };
const careOf = { careOf: true };
const deprecated = { deprecated: true };

describe('the examples of RFC 6724', () => {
  // The candidate source that the RFC's result names is given; the rule is the one the RFC names.
  test.each([
    [
      '10.2 first',
      'prefer matching scope',
      to('2001:db8:1::1', '2001:db8:1::2'),
      to('198.51.100.121', '169.254.13.78'),
    ],
    [
      '10.2 second',
      'prefer matching scope',
      to('198.51.100.121', '198.51.100.117'),
      to('2001:db8:1::1', 'fe80::1'),
    ],
    [
      '10.2 third',
      'prefer higher precedence',
      to('2001:db8:1::1', '2001:db8:1::2'),
      to('10.1.2.3', '10.1.2.4'),
    ],
    [
      '10.2 fourth',
      'prefer smaller scope',
      to('fe80::1', 'fe80::2'),
      to('2001:db8:1::1', '2001:db8:1::2'),
    ],
    [
      '10.2 fifth',
      'prefer home address',
      to('2001:db8:1::1', '2001:db8:3::1', home),
      to('fe80::1', 'fe80::2', careOf),
    ],
    [
      '10.2 sixth',
      'avoid deprecated addresses',
      to('2001:db8:1::1', '2001:db8:1::2'),
      to('fe80::1', 'fe80::2', deprecated),
    ],
    [
      '10.2 seventh',
      'longest matching prefix',
      to('2001:db8:1::1', '2001:db8:1::2'),
      to('2001:db8:3ffe::1', '2001:db8:3f44::2'),
    ],
    [
      '10.2 eighth',
      'prefer matching label',
      to('2002:c633:6401::1', '2002:c633:6401::2'),
      to('2001:db8:1::1', '2002:c633:6401::2'),
    ],
    [
      '10.2 ninth',
      'prefer higher precedence',
      to('2001:db8:1::1', '2001:db8:1::2'),
      to('2002:c633:6401::1', '2002:c633:6401::2'),
    ],
    // Sections 10.3 to 10.7 are about tables of the administrator's own. These are their examples that
    // the RFC says the default table decides in the same way, and 10.7's about the default itself.
    [
      '10.3 first, unchanged',
      'prefer matching scope',
      to('2001:db8::1', '2001:db8::2'),
      to('198.51.100.121', '169.254.13.78'),
    ],
    [
      '10.3 second, unchanged',
      'prefer matching scope',
      to('198.51.100.121', '198.51.100.117'),
      to('2001:db8::1', 'fe80::1'),
    ],
    [
      '10.4 second, unchanged',
      'avoid deprecated addresses',
      to('fe80::1', 'fe80::2'),
      to('2001:db8::1', '2001:db8::2', deprecated),
    ],
    [
      '10.7 first, by default',
      'prefer matching label',
      to('203.0.113.1', '10.1.2.3'),
      to('2001:db8:1::1', '2002:c633:6401::2'),
    ],
  ])('section %s (%s)', (_number, _rule, best, other) => {
    expectFirst(best, other);
  });
});

describe('the rules of RFC 6724 section 6', () => {
  test('rule 1, avoid unusable destinations: one without a source is last, whatever else it has', () => {
    expectFirst(to('198.51.100.1', '169.254.1.1', deprecated), to('::1', UNREACHABLE));
    // Of two that are unusable, the rules about the destination alone still tell: here rules 6 and 8.
    expectFirst(to('2001:db8::1', UNREACHABLE), to('192.0.2.1', UNREACHABLE));
    expectFirst(to('fe80::1', UNREACHABLE), to('2001:db8::1', UNREACHABLE));
    expectTie(to('2001:db8::1', UNREACHABLE), to('2001:db8:ffff::1', UNREACHABLE));
  });

  test('rule 2, prefer matching scope', () => {
    expectFirst(to('192.0.2.1', '10.0.0.1'), to('2001:db8::1', 'fe80::2'));
  });

  test('rule 3, avoid deprecated addresses', () => {
    expectFirst(
      to('2001:db8:a::1', '2001:db8:b::2'),
      to('2001:db8:c::1', '2001:db8:c::2', deprecated),
    );
    expectTie(
      to('2001:db8:a::1', '2001:db8:a::2', deprecated),
      to('2001:db8:c::1', '2001:db8:c::2', deprecated),
    );
  });

  test('rule 4, prefer home addresses', () => {
    const one = (more: Partial<Source>): Candidate => to('2001:db8:1::1', '2001:db8:1::2', more);
    expectFirst(one({ ...home, ...careOf }), one(home));
    expectFirst(one({ ...home, ...careOf }), one(careOf));
    expectFirst(one({ ...home, ...careOf }), one({}));
    expectFirst(one(home), one(careOf));
    expectFirst(one(home), one({}));
    expectTie(one(careOf), { ...one({}) });
  });

  test('rule 5, prefer matching label', () => {
    expectFirst(to('2002::1', '2002::2'), to('2001:db8::1', '2002::2'));
    expectFirst(to('192.0.2.1', '192.0.2.2'), to('2001:db8::1', 'fd00::2'));
  });

  test('rule 6, prefer higher precedence, through the whole table', () => {
    const matching = [
      to('2001:db8::1', '2001:db8::2'), // 40
      to('192.0.2.1', '192.0.2.2'), // 35
      to('2002::1', '2002::2'), // 30
      to('2001::1', '2001::2'), // 5
      to('fd00::1', 'fd00::2'), // 3
      to('3ffe::1', '3ffe::2'), // 1
    ];
    expect(sortDestinations([...matching].reverse())).toEqual(matching);
    expectFirst(to('::1', '::1'), to('fe80::1', 'fe80::2'));
  });

  test('rule 7, prefer native transport', () => {
    expectFirst(
      to('2001:db8:a::1', '2001:db8:b::2'),
      to('2001:db8:c::1', '2001:db8:c::2', { encapsulated: true }),
    );
  });

  test('rule 8, prefer smaller scope', () => {
    expectFirst(to('fe80::1%eth0', 'fe80::2%eth0'), to('2001:db8::1', '2001:db8::2'));
    expectFirst(to('127.0.0.1', '127.0.0.1'), to('192.0.2.1', '192.0.2.2'));
  });

  test('rule 9, use longest matching prefix, of two destinations of one family', () => {
    expectFirst(to('2001:db8:1::9', '2001:db8:1::2'), to('2001:db8:2::9', '2001:db8:1::2'));
    expectFirst(
      to('192.0.2.9', '192.0.2.2', { prefixLength: 24 }),
      to('198.51.100.9', '192.0.2.2', { prefixLength: 24 }),
    );
  });

  test('rule 9 compares no more than the prefix of the source (section 2.2)', () => {
    const near = '2001:db8::1:0:0:1';
    const far = '2001:db8::ffff:0:0:1';
    const one = (address: string, prefixLength?: number): Candidate =>
      to(address, '2001:db8::1:0:0:2', prefixLength === undefined ? {} : { prefixLength });
    expectTie(one(near), one(far)); // 64 bits where nothing is known.
    expectTie(one(near, 64), one(far, 64));
    expectFirst(one(near, 80), one(far, 80));
    expectTie(one(near, 128), one(far, 128)); // All of the address is no prefix.
    expectTie(one(near, 32), one('2001:db8:ffff::1', 32));

    const four = (address: string, prefixLength?: number): Candidate =>
      to(address, '192.0.2.1', prefixLength === undefined ? {} : { prefixLength });
    expectTie(four('192.0.2.9'), four('10.0.0.1')); // The order of the name server stays.
    expectTie(four('192.0.2.9', 32), four('10.0.0.1', 32));
    expectTie(four('192.0.2.2', 24), four('192.0.2.200', 24));
    expectFirst(four('192.0.2.200', 24), four('192.0.3.1', 24));
    // Written as IPv6, it counts its prefix as IPv6 does.
    expectFirst(
      to('192.0.2.200', '::ffff:192.0.2.1', { prefixLength: 120 }),
      to('192.0.3.1', '::ffff:192.0.2.1', { prefixLength: 120 }),
    );
  });

  test('rule 9 never meets two families: no row but IPv4’s has its precedence', () => {
    const ipv4 = DEFAULT_POLICY.filter(({ precedence }) => precedence === 35);
    expect(ipv4.map(({ prefix }) => prefix)).toEqual(['::ffff:0:0']);
  });

  test('rule 10, otherwise leave the order unchanged', () => {
    expectTie(to('2001:db8::1', '2001:db8::3'), to('2001:db8::2', '2001:db8::3'));
    expectTie(to('192.0.2.1', '192.0.2.3'), to('192.0.2.2', '192.0.2.3'));
  });
});

describe('an address, as RFC 6724 sees it', () => {
  test.each([
    ['::1', 0x2, 50, 0],
    ['2001:db8::1', 0xe, 40, 1],
    ['fe80::1', 0x2, 40, 1],
    ['fe80::1%eth0', 0x2, 40, 1],
    ['febf:ffff::1', 0x2, 40, 1],
    ['ff01::1', 0x1, 40, 1],
    ['ff02::1', 0x2, 40, 1],
    ['ff35::1', 0x5, 40, 1],
    ['ff0e::1', 0xe, 40, 1],
    ['64:ff9b::192.0.2.1', 0xe, 40, 1],
    ['192.0.2.1', 0xe, 35, 4],
    ['::ffff:192.0.2.1', 0xe, 35, 4],
    ['10.0.0.1', 0xe, 35, 4],
    ['172.16.0.1', 0xe, 35, 4],
    ['192.168.0.1', 0xe, 35, 4],
    ['127.255.255.254', 0x2, 35, 4],
    ['169.254.0.1', 0x2, 35, 4],
    ['169.253.255.255', 0xe, 35, 4],
    ['2002::1', 0xe, 30, 2],
    ['2001::1', 0xe, 5, 5],
    ['2001:1::1', 0xe, 40, 1],
    ['fc00::1', 0xe, 3, 13],
    ['fdff::1', 0xe, 3, 13],
    ['::192.0.2.1', 0xe, 1, 3],
    ['::2', 0xe, 1, 3],
    ['::ff:127.0.0.1', 0xe, 40, 1],
    ['::ff00:127.0.0.1', 0xe, 40, 1],
    ['1::ffff:127.0.0.1', 0xe, 40, 1],
    ['fec0::1', 0x5, 1, 11],
    ['feff::1', 0x5, 1, 11],
    ['3ffe::1', 0xe, 1, 12],
  ])('%s has scope %i, precedence %i and label %i', (address, scope, precedence, label) => {
    expect(describeAddress(address)).toEqual({ scope, precedence, label });
  });

  test('section 2.2: CommonPrefixLen(fe80::1, fe80::2) is 64', () => {
    const [one, other] = [parseAddress('fe80::1'), parseAddress('fe80::2')];
    expect(commonPrefixLength(one, other, 64)).toBe(64);
    expect(commonPrefixLength(one, other, 128)).toBe(126);
    expect(commonPrefixLength(one, one, 128)).toBe(128);
    expect(commonPrefixLength(one, parseAddress('::'), 64)).toBe(0);
  });
});

describe('an address read into its bytes', () => {
  /** Every group of an IPv6 address, or the four numbers of IPv4 where it is one, from the bytes. */
  function write(bits: Uint8Array, family: 4 | 6): string {
    if (family === 4) return bits.subarray(12).join('.');
    const groups = Array.from({ length: 8 }, (_, group) => {
      const [high = 0, low = 0] = bits.subarray(group * 2);
      return ((high << 8) | low).toString(16);
    });
    return groups.join(':');
  }

  test('is the same address to Node, whatever way it is written', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const family = net.isIPv6(address) ? 6 : 4;
        const written = write(parseAddress(address), family);
        const options = { family: family === 6 ? 'ipv6' : 'ipv4' } as const;
        expect(new net.SocketAddress({ address: written, ...options }).address).toBe(
          new net.SocketAddress({ address, ...options }).address,
        );
      }),
      { numRuns: 1_000 },
    );
  });

  test('is one to Node exactly when it is one here', () => {
    // Addresses with one piece taken out, put in or doubled: near enough to tell the readers apart.
    const piece = fc.constantFrom(
      ':',
      '::',
      '.',
      '0',
      '1',
      'f',
      '255',
      '256',
      '01',
      'ffff',
      'g',
      '',
    );
    const nearly = fc
      .tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(40), fc.nat(2), piece)
      .map(([text, at, out, put]) => text.slice(0, at) + put + text.slice(at + out));
    const pieces = fc.array(piece, { maxLength: 17 }).map((all) => all.join(''));
    fc.assert(
      fc.property(fc.oneof(nearly, pieces), (text) => {
        let read = true;
        try {
          parseAddress(text);
        } catch (error) {
          read = false;
          expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' });
        }
        expect(read).toBe(net.isIP(text) !== 0);
      }),
      { numRuns: 5_000 },
    );
  });

  test.each(['', '1.2.3.4%eth0', '1:2:3:4:5:6:7::8', '::1.2.3.4.5', ':1', '1:', 'name.example'])(
    '%j is none, and says so',
    (text) => {
      expect(() => describeAddress(text)).toThrow(TypeError);
    },
  );
});

// Few enough addresses that every rule meets its ties, and every row of the table is met.
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
const candidate: fc.Arbitrary<Candidate> = fc.record({
  address,
  source: fc.option(source, { nil: undefined, freq: 8 }),
});
const candidates = fc.array(candidate, { maxLength: 40 });

/** -1, 0 or 1, as the sort orders the two; objects that are equal count as two. */
function compare(a: Candidate, b: Candidate): number {
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
          expect(compare(one, sorted[index] as Candidate)).toBe(0);
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
    expect(alternateFamilies([a, b, c, d, x, y] as Candidate[])).toEqual([a, x, b, y, c, d]);
    expect(alternateFamilies([x, y, a, b, c] as Candidate[])).toEqual([x, a, y, b, c]);
    expect(alternateFamilies([a, b] as Candidate[])).toEqual([a, b]);
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

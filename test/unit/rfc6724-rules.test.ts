// The rules of RFC 6724 section 6, one by one.

import { sortDestinations } from '#dist/address-selection/rfc6724';
import type { AddressWithSource, Source } from '#dist/address-selection/rfc6724';
import { DEFAULT_POLICY } from '#dist/address-selection/policy-table';
import {
  careOf,
  deprecated,
  expectFirst,
  expectTie,
  home,
  to,
  UNREACHABLE,
} from '../support/candidates';

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
    const one = (more: Partial<Source>): AddressWithSource =>
      to('2001:db8:1::1', '2001:db8:1::2', more);
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
    const one = (address: string, prefixLength?: number): AddressWithSource =>
      to(address, '2001:db8::1:0:0:2', prefixLength === undefined ? {} : { prefixLength });
    expectTie(one(near), one(far)); // 64 bits where nothing is known.
    expectTie(one(near, 64), one(far, 64));
    expectFirst(one(near, 80), one(far, 80));
    expectTie(one(near, 128), one(far, 128)); // All of the address is no prefix.
    expectTie(one(near, 32), one('2001:db8:ffff::1', 32));

    const four = (address: string, prefixLength?: number): AddressWithSource =>
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

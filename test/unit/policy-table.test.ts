// One address as RFC 6724 sees it, and how it is read.

import * as net from 'node:net';

import fc from 'fast-check';

import { commonPrefixLength, parseAddress } from '#dist/endpoints/ip-address';
import { describeAddress } from '#dist/address-selection/rfc6724';

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

// /etc/gai.conf, read as glibc reads it (gai.conf(5)).

import { readGaiConf } from '#dist/address-selection/gai-conf';
import { DEFAULT_TABLE } from '#dist/address-selection/policy-table';
import { describeAddress } from '#dist/address-selection/rfc6724';

function seen(text: string, address: string): [scope: number, label: number, precedence: number] {
  const { scope, label, precedence } = describeAddress(address, readGaiConf(text));
  return [scope, label, precedence];
}

describe('gai.conf', () => {
  test.each(['', '# precedence ::ffff:0:0/96 100\n', '\n\n  \t\n', 'reload yes\nunknown ::/0 1\n'])(
    'without a line of ours the tables are those of RFC 6724: %j',
    (text) => {
      expect(readGaiConf(text)).toEqual(DEFAULT_TABLE);
    },
  );

  test('one line of a kind replaces the whole default of that kind, and of no other', () => {
    const text = 'precedence ::ffff:0:0/96  100 # IPv4 first';
    expect(seen(text, '192.0.2.1')).toEqual([0xe, 4, 100]);
    expect(seen(text, '2001:db8::1')).toEqual([0xe, 1, 40]);
    expect(seen(text, '::1')).toEqual([0x2, 0, 40]);
  });

  test('the longest prefix decides, wherever its line stands', () => {
    const text = 'label 2001:db8::/32 7\nlabel 2001:db8:1::/48 8\nlabel 2001:db8:1::9 9';
    expect(seen(text, '2001:db8:2::1')[1]).toBe(7);
    expect(seen(text, '2001:db8:1::1')[1]).toBe(8);
    expect(seen(text, '2001:db8:1::9')[1]).toBe(9);
    expect(seen(text, '2001:db9::1')[1]).toBe(1);
  });

  test('scopev4 takes both forms of an IPv4 prefix', () => {
    const text = 'scopev4 ::ffff:169.254.0.0/112 2\nscopev4 10.0.0.0/8 5';
    expect(seen(text, '169.254.1.1')[0]).toBe(2);
    expect(seen(text, '10.1.1.1')[0]).toBe(5);
    expect(seen(text, '127.0.0.1')[0]).toBe(14);
  });

  test.each([
    'precedence',
    'precedence ::/0',
    'precedence ::/0 -1',
    'precedence ::/0 2147483648',
    'precedence ::/0 ten',
    'precedence ::/129 1',
    'precedence ::/x 1',
    'precedence 192.0.2.0/24 1',
    'precedence nonsense/8 1',
    'precedence fe80::1%eth0/64 1',
    'Precedence ::/0 1',
    'scopev4 2001:db8::/32 1',
    'scopev4 ::ffff:10.0.0.0/8 1',
    'scopev4 10.0.0.0/33 1',
    '__proto__ ::/0 1',
    'constructor ::/0 1',
  ])('a malformed line is ignored: %s', (text) => {
    expect(readGaiConf(text)).toEqual(DEFAULT_TABLE);
  });
});

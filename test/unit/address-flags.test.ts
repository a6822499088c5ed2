// What Linux tells of the addresses of this host: rules 3 and 4 of RFC 6724.

import { flagsOf, readAddressFlags } from '#dist/address-selection/address-flags';

const FILE = [
  '00000000000000000000000000000001 01 80 10 80       lo',
  'fe80000000000000020000fffe000001 02 40 20 80     eth0',
  '20010db8000000000000000000000001 02 40 00 20     eth0',
  '20010db8000000000000000000000002 02 40 00 10     eth0',
  '20010db8000000000000000000000003 02 40 00 31     eth0',
  '',
  'nonsense',
].join('\n');

test('deprecated and home addresses, and nothing of the others', () => {
  expect([...readAddressFlags(FILE)]).toEqual([
    ['20010db8000000000000000000000001', { deprecated: true, home: false }],
    ['20010db8000000000000000000000002', { deprecated: false, home: true }],
    ['20010db8000000000000000000000003', { deprecated: true, home: true }],
  ]);
});

test('an address that this host does not have, and any of IPv4, has none', () => {
  for (const address of ['2001:db8::ffff', '192.0.2.1', 'fe80::1%eth0']) {
    expect(flagsOf(address)).toEqual({ deprecated: false, home: false });
  }
});

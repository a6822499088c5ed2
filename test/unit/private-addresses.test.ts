// privateAddresses(), against IANA's registries of special-purpose addresses as they were read in November 2026.

import { BlockList } from 'node:net';

import { connectByList, privateAddresses } from '#dist/index';
import { connectErrorOf } from '../support/failure';

/** The first and the last address of each block of iana-ipv4-special-registry, and of multicast. */
const IPV4 = [
  ['0.0.0.0', '0.255.255.255'],
  ['10.0.0.0', '10.255.255.255'],
  ['100.64.0.0', '100.127.255.255'],
  ['127.0.0.0', '127.255.255.255'],
  ['169.254.0.0', '169.254.255.255'],
  ['172.16.0.0', '172.31.255.255'],
  ['192.0.0.0', '192.0.0.255'],
  ['192.0.2.0', '192.0.2.255'],
  ['192.31.196.0', '192.31.196.255'],
  ['192.52.193.0', '192.52.193.255'],
  ['192.88.99.0', '192.88.99.255'],
  ['192.168.0.0', '192.168.255.255'],
  ['192.175.48.0', '192.175.48.255'],
  ['198.18.0.0', '198.19.255.255'],
  ['198.51.100.0', '198.51.100.255'],
  ['203.0.113.0', '203.0.113.255'],
  ['224.0.0.0', '239.255.255.255'],
  ['240.0.0.0', '255.255.255.255'],
] as const;

/** The same of iana-ipv6-special-registry, of site-local addresses, and of multicast. */
const IPV6 = [
  ['::1', '::1'],
  ['::', '::'],
  ['64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff'],
  ['100::', '100::ffff:ffff:ffff:ffff'],
  ['100:0:0:1::', '100:0:0:1:ffff:ffff:ffff:ffff'],
  ['2001::', '2001:0:ffff:ffff:ffff:ffff:ffff:ffff'], // Teredo.
  ['2001:1::1', '2001:1::3'],
  ['2001:2::', '2001:2:0:ffff:ffff:ffff:ffff:ffff'],
  ['2001:3::', '2001:3:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:4:112::', '2001:4:112:ffff:ffff:ffff:ffff:ffff'],
  ['2001:10::', '2001:1f:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:20::', '2001:2f:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:30::', '2001:3f:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2620:4f:8000::', '2620:4f:8000:ffff:ffff:ffff:ffff:ffff'],
  ['3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['5f00::', '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fec0::', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['ff00::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
] as const;

/** Beside the blocks, and what everybody knows. */
const PUBLIC_IPV4 = [
  ...['1.0.0.0', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255'],
  ...['128.0.0.0', '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0'],
  ...['191.255.255.255', '192.0.1.0', '192.0.3.0', '192.31.195.255', '192.31.197.0'],
  ...['192.52.192.255', '192.52.194.0', '192.88.98.255', '192.88.100.0', '192.167.255.255'],
  ...['192.169.0.0', '192.175.47.255', '192.175.49.0', '198.17.255.255', '198.20.0.0'],
  ...['198.51.99.255', '198.51.101.0', '203.0.112.255', '203.0.114.0', '223.255.255.255'],
  ...['1.1.1.1', '8.8.8.8'],
] as const;
const PUBLIC_IPV6 = [
  ...['64:ff9b:2::', '64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff', '100:0:0:2::', '2001:200::'],
  ...['2001:db7:ffff:ffff:ffff:ffff:ffff:ffff', '2001:db9::', '2003::', '2620:4f:8001::'],
  ...['2620:4f:7fff:ffff:ffff:ffff:ffff:ffff', '3fff:1000::', '3ffe::', '5f01::'],
  ...['fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fe00::', '2606:4700:4700::1111'],
] as const;

test.each(IPV4)('%s to %s', (first, last) => {
  const list = privateAddresses();
  for (const address of [first, last]) {
    expect(list.check(address, 'ipv4')).toBe(true);
    expect(list.check(`::ffff:${address}`, 'ipv6')).toBe(true);
    // NAT64 (RFC 6052): what a translator sends there.
    expect(list.check(`64:ff9b::${address}`, 'ipv6')).toBe(true);
  }
});

test.each(IPV6)('%s to %s', (first, last) => {
  const list = privateAddresses();
  for (const address of [first, last]) expect(list.check(address, 'ipv6')).toBe(true);
});

test.each(PUBLIC_IPV4)('not %s', (address) => {
  const list = privateAddresses();
  expect(list.check(address, 'ipv4')).toBe(false);
  expect(list.check(`::ffff:${address}`, 'ipv6')).toBe(false);
  expect(list.check(`64:ff9b::${address}`, 'ipv6')).toBe(false);
});

test.each(PUBLIC_IPV6)('not %s', (address) => {
  expect(privateAddresses().check(address, 'ipv6')).toBe(false);
});

test('each call answers with a list of its own', () => {
  const list = privateAddresses();
  expect(list).toBeInstanceOf(BlockList);
  list.addAddress('8.8.8.8');
  expect(privateAddresses().check('8.8.8.8')).toBe(false);
});

test('with it nothing of this host is connected to', async () => {
  const list = ['127.0.0.1:1', '[::1]:1', '0.0.0.0:1', '[::]:1', '[::ffff:127.0.0.1]:1'];
  const error = await connectErrorOf(connectByList(list, { blockList: privateAddresses() }));
  expect(error.attempts.map(({ outcome }) => outcome)).toEqual(list.map(() => 'blocked'));
});

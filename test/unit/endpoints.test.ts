// Parsing of endpoints: property tests against Node's own idea of what an address is.

import * as net from 'node:net';

import fc from 'fast-check';

import { formatEndpoint, MAX_ENDPOINTS, readEndpoints, unmapped } from '#dist/endpoints/endpoints';

const port = fc.integer({ min: 0, max: 65535 });
const address = fc.oneof(fc.ipV4(), fc.ipV6());
const name = fc.domain();

/** One endpoint, read from whatever form it is in. */
function readOne(endpoint: unknown): ReturnType<typeof readEndpoints>[number] {
  const [read] = readEndpoints([endpoint]);
  return read as ReturnType<typeof readEndpoints>[number];
}

describe('endpoints', () => {
  test('what formatEndpoint() writes is read back as the same host and port', () => {
    fc.assert(
      fc.property(fc.oneof(address, name), port, (host, number) => {
        const text = formatEndpoint({ host, port: number });
        expect(readOne(text)).toMatchObject({ host, port: number });
      }),
    );
  });

  test('an object, a string and a net.SocketAddress of the same endpoint mean the same', () => {
    fc.assert(
      fc.property(address, port, (host, number) => {
        const family = net.isIPv6(host) ? 'ipv6' : 'ipv4';
        const forms = [
          { host, port: number },
          formatEndpoint({ host, port: number }),
          new net.SocketAddress({ address: host, port: number, family }),
        ];
        const [first, ...others] = forms.map((form) => sameSpelling(readOne(form)));
        for (const other of others) expect(other).toEqual(first);
      }),
    );
  });

  test('a name is kept as it is, for the lookup', () => {
    fc.assert(
      fc.property(name, port, (host, number) => {
        expect(readOne(`${host}:${number}`)).toEqual({
          host,
          port: number,
          family: 0,
          priority: 0,
          weight: 0,
          address: host,
        });
      }),
    );
  });

  test('whatever is read can be tried: an address of its family, or a name without blanks', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        let read;
        try {
          read = readOne(text);
        } catch (error) {
          expect(error).toHaveProperty('code', expect.stringMatching(/^ERR_/));
          return;
        }
        if (read.family !== 0) expect(net.isIP(read.address)).toBe(read.family);
        else expect(read.host).toMatch(/^[^\s:[\]]+$/);
      }),
      { numRuns: 2_000 },
    );
  });

  test('any input at all is either read or refused with a code', () => {
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        try {
          expect(readEndpoints(anything).length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toHaveProperty('code', expect.stringMatching(/^ERR_/));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('C04 an IPv4-mapped address stands for its IPv4 address, in every spelling', () => {
    fc.assert(
      fc.property(fc.ipV4(), (v4) => {
        const [a = 0, b = 0, c = 0, d = 0] = v4.split('.').map(Number);
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        for (const text of [`::ffff:${v4}`, `::FFFF:${hex}`, `0:0:0:0:0:ffff:${v4}`]) {
          expect(unmapped(text)).toEqual({ family: 4, address: v4 });
        }
      }),
    );
  });

  test.each([
    '::1',
    '::ffff',
    '::ffff:0:127.0.0.1',
    '64:ff9b::127.0.0.1',
    '1::ffff:1.2.3.4',
    '::1.2.3.4',
  ])('%s is no IPv4-mapped address and stays what it is', (text) => {
    expect(unmapped(text)).toEqual({ family: 6, address: text });
  });

  test('a zone stays with its address', () => {
    expect(readOne('[fe80::1%eth0]:80')).toEqual({
      host: 'fe80::1%eth0',
      port: 80,
      family: 6,
      priority: 0,
      weight: 0,
      address: 'fe80::1%eth0',
    });
  });

  test(`a list of ${MAX_ENDPOINTS} is read, and no more is taken from an iterator than one above`, () => {
    let taken = 0;
    function* endless(): Generator<string> {
      for (;;) {
        taken++;
        yield '127.0.0.1:1';
      }
    }
    expect(() => readEndpoints(endless())).toThrow(RangeError);
    expect(taken).toBe(MAX_ENDPOINTS + 1);
  });
});

/** An IPv6 address has many spellings; net.SocketAddress knows one. */
function sameSpelling(endpoint: ReturnType<typeof readOne>): unknown {
  const { address, family, port } = endpoint;
  if (family !== 6) return { address, family, port };
  return {
    address: new net.SocketAddress({ address, family: 'ipv6' }).address,
    family,
    port,
  };
}

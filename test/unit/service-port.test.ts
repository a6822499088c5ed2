// From a service to its port.

import * as fs from 'node:fs';

import { readService } from '#dist/endpoints/service-port';

/** Small machines come without it: Debian has it in the package netbase. */
const hasDatabase = process.platform === 'win32' || fs.existsSync('/etc/services');

describe('a service', () => {
  test.each([
    [0, 0],
    [443, 443],
    [65535, 65535],
    ['0', 0],
    ['443', 443],
    ['00080', 80],
  ])('%p is the port itself', async (service, port) => {
    expect(await readService(service)).toBe(port);
  });

  const ifKnown = hasDatabase ? test : test.skip;
  ifKnown.each([
    ['http', 80],
    ['https', 443],
    ['ftp', 21],
  ])('%s is in the system’s database', async (service, port) => {
    expect(await readService(service)).toBe(port);
  });

  // Wine's getservbyname() knows no aliases.
  const ifItKnowsAliases = process.platform === 'win32' ? test.skip : ifKnown;
  ifItKnowsAliases('an alias will do', async () => {
    expect(await readService('www')).toBe(80);
  });

  ifKnown('a service of UDP alone is none of TCP', async () => {
    await expect(readService('tftp')).rejects.toMatchObject({ code: UNKNOWN });
  });

  const UNKNOWN = 'ERR_INVALID_ARG_VALUE';
  test.each(['no-such-service', '', ' ', '-1', '+80', '0x50', '80 ', '8e1', 'http\0', 'ht\0tp'])(
    '%p is a service that nobody knows',
    async (service) => {
      await expect(readService(service)).rejects.toMatchObject({ code: UNKNOWN });
    },
  );

  test.each([null, undefined, true, {}, ['http'], 80n, Symbol('http')])(
    '%p is no service at all',
    async (service) => {
      await expect(readService(service)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    },
  );

  test.each([-1, 65536, 1.5, NaN, Infinity, '65536', '99999999999999999999'])(
    '%p is no port',
    async (service) => {
      await expect(readService(service)).rejects.toMatchObject({ code: 'ERR_SOCKET_BAD_PORT' });
    },
  );
});

// What the package exports, by require and by import: the same, and nothing else.

import * as required from '#dist/index';
import { runChild } from '../support/child';

const NAMES = [
  'ConnectError',
  'History',
  'ListAgent',
  'TlsListAgent',
  'connect',
  'connectByList',
  'connectByName',
  'connector',
  'privateAddresses',
  'resolveSrv',
  'sortAddressPairs',
];

describe('exports', () => {
  test('require has these', () => {
    expect(Object.keys(required).sort()).toEqual(NAMES);
  });

  test('import has the same, with the same identity', async () => {
    const { stdout } = await runChild(`
      import('connect-by-list').then((imported) => {
        const required = require('connect-by-list');
        console.log(Object.keys(imported).sort().join());
        console.log(Object.keys(imported).every((name) => imported[name] === required[name]));
      });
    `);
    expect(stdout).toBe(`${NAMES.join()}\ntrue\n`);
  });
});

// Test runners load the package anew for each file of tests, and all of them share one addon.

import type * as Package from '#dist/index';

import { blackhole, type Blackhole } from '../support/blackhole';
import { failureOf } from '../support/failure';

/** A copy of the package, with modules of its own. */
function load(): typeof Package {
  let copy: typeof Package | undefined;
  jest.isolateModules(() => {
    copy = jest.requireActual<typeof Package>('#dist/index');
  });
  return copy as typeof Package;
}

describe('the package loaded twice', () => {
  let hole: Blackhole;
  beforeAll(async () => {
    hole = await blackhole();
  });
  afterAll(() => hole.close());

  test('each copy hears of its own races, whichever began first', async () => {
    const copies = [load(), load()];
    expect(copies[0]?.connectByList).not.toBe(copies[1]?.connectByList);
    const list = [`127.0.0.1:${hole.port}`];
    const errors = await Promise.all(
      [...copies, ...copies].map(({ connectByList }, i) =>
        failureOf(connectByList(list, { engine: 'race', timeout: 30 + 10 * i })),
      ),
    );
    for (const [i, error] of errors.entries()) {
      expect(error).toBeInstanceOf(copies[i % 2]?.ConnectError);
      expect(error).toMatchObject({ code: 'ETIMEDOUT' });
    }
  });
});

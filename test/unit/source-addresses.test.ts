// What is known of destinations is a second old at most.

import { destinationsOf } from '#dist/address-selection/source-addresses';
import { readEndpoints } from '#dist/endpoints/endpoints';
import { addon } from '#dist/native/addon';

describe('the sources of destinations', () => {
  const list = readEndpoints(['127.0.0.1:1', '127.0.0.1:2', '127.0.0.2:1']);
  let now = 1_000_000;
  let asked: jest.SpyInstance;
  beforeEach(() => {
    // Whatever another test has asked is out of date.
    now += 10_000;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    asked = jest.spyOn(addon(), 'sourceAddresses');
  });
  afterEach(() => jest.restoreAllMocks());

  test('each address is asked about once, whatever its ports', () => {
    const known = destinationsOf(list);
    expect(asked.mock.calls).toEqual([['127.0.0.1\n127.0.0.2']]);
    expect(known.get('127.0.0.1')?.source).toBe('127.0.0.1');
  });

  test('within a second the system is not asked again, and then it is', () => {
    destinationsOf(list);
    now += 1_000;
    destinationsOf(list.slice(0, 2));
    expect(asked).toHaveBeenCalledTimes(1);
    now += 1;
    destinationsOf(list);
    expect(asked).toHaveBeenCalledTimes(2);
  });

  test('a new one among known ones is asked about', () => {
    destinationsOf(list.slice(0, 2));
    expect(destinationsOf(list).get('127.0.0.2')?.source).not.toBe('');
    expect(asked).toHaveBeenCalledTimes(2);
  });

  test('a long list is asked about each time, and what is kept of others stays', () => {
    const long = readEndpoints(
      Array.from({ length: 1_001 }, (_, i) => `127.1.${i >> 8}.${i & 255}:1`),
    );
    destinationsOf(list);
    expect(destinationsOf(long).size).toBe(long.length);
    destinationsOf(long);
    expect(asked).toHaveBeenCalledTimes(3);
    destinationsOf(list);
    expect(asked).toHaveBeenCalledTimes(3);
  });

  test('no more than a thousand addresses are kept', () => {
    const half = (net: number): ReturnType<typeof readEndpoints> =>
      readEndpoints(Array.from({ length: 600 }, (_, i) => `127.${net}.${i >> 8}.${i & 255}:1`));
    destinationsOf(half(2));
    destinationsOf(half(3));
    destinationsOf(half(4));
    expect(asked).toHaveBeenCalledTimes(3);
    // By now the first ones are gone.
    destinationsOf(half(2).slice(0, 1));
    expect(asked).toHaveBeenCalledTimes(4);
  });
});

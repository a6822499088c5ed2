// A long list is sorted in several turns of the event loop, and is a list like any other.

import { connectByList, type AddressPair, type ConnectOptions } from '#dist/index';

import { refusingPort } from '../support/ports';
import { serve } from '../support/servers';

const LONG = 5_000;
/** Sorted at once. */
const SHORT = 100;

const addressOf = (i: number): string => `127.1.${i >> 8}.${i & 255}`;

/** Endpoints that refuse, each with an address of its own. */
async function refusing(count: number): Promise<string[]> {
  const port = await refusingPort();
  return Array.from({ length: count }, (_, i) => `${addressOf(i)}:${port}`);
}

/** How many turns the event loop has until the pairs of a call are in their order. */
async function turnsUntilOrdered(list: readonly string[]): Promise<number> {
  let turns = 0;
  let turnsThen = -1;
  const count = (): void => {
    turns++;
    if (turnsThen < 0) setImmediate(count);
  };
  setImmediate(count);
  const policy = (pairs: Iterable<AddressPair>): AddressPair[] => {
    turnsThen = turns;
    for (const pair of pairs) return [pair];
    return [];
  };
  await connectByList(list, { engine: 'race', policy }).catch(() => undefined);
  return turnsThen;
}

describe('a long list', () => {
  test('others have their turns of the event loop while it is sorted', async () => {
    expect(await turnsUntilOrdered(await refusing(SHORT))).toBe(0);
    expect(await turnsUntilOrdered(await refusing(LONG))).toBeGreaterThanOrEqual(LONG / 1_000);
  });

  test('it is tried in the order of the list, to its end', async () => {
    const server = await serve();
    const list = await refusing(LONG);
    const { socket, attempts } = await connectByList([...list, `127.0.0.1:${server.port}`], {
      engine: 'race',
    });
    socket.destroy();
    await server.close();
    expect(attempts.map(({ host }) => host)).toEqual([
      ...Array.from({ length: LONG }, (_, i) => addressOf(i)),
      '127.0.0.1',
    ]);
  });

  test('an abort while it is sorted ends the call at once, and nothing is tried', async () => {
    const server = await serve();
    const controller = new AbortController();
    const reason = new Error('enough');
    const list = Array.from({ length: LONG }, (_, i) => `${addressOf(i)}:${server.port}`);
    let wasAsked = false;
    const options: ConnectOptions = {
      engine: 'race',
      signal: controller.signal,
      policy: (pairs) => {
        wasAsked = true;
        return pairs;
      },
    };
    setImmediate(() => controller.abort(reason));
    await expect(connectByList(list, options)).rejects.toBe(reason);
    expect(wasAsked).toBe(false);
    // As many turns as the rest of the list would have taken.
    for (let i = 0; i < LONG / 100; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(wasAsked).toBe(false);
    expect(server.sockets.size).toBe(0);
    await server.close();
  });

  test('its timeout is kept while it is sorted', async () => {
    const port = await refusingPort();
    const list = Array.from(
      { length: 100_000 },
      (_, i) => `127.${1 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}:${port}`,
    );
    // What comes first of them is tried when they are sorted, and nothing after it.
    const first = (pairs: Iterable<AddressPair>): AddressPair[] => Array.from(pairs).slice(0, 1);
    const before = performance.now();
    const options: ConnectOptions = { engine: 'race', history: false, policy: first };
    await expect(connectByList(list, options)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const whole = performance.now() - before;
    const start = performance.now();
    const limited: ConnectOptions = { ...options, timeout: 20 };
    await expect(connectByList(list, limited)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    // In the same run: sorting all of it takes many times as long.
    expect(performance.now() - start).toBeLessThan(whole / 2);
  });

  test('ten thousand names are looked up once each, and their endpoints keep the order of the list', async () => {
    const port = await refusingPort();
    const asked: string[] = [];
    const names = Array.from({ length: 2 * LONG }, (_, i) => `n${i}.invalid:${port}`);
    const policy = (pairs: Iterable<AddressPair>): AddressPair[] => {
      const seen = Array.from(pairs).slice(0, names.length);
      expect(seen.map(({ remote }) => remote.address)).toEqual(names.map((_, i) => addressOf(i)));
      return seen.slice(0, 1);
    };
    const options: ConnectOptions = {
      engine: 'race',
      policy,
      lookup: (name, _, done) => {
        asked.push(name);
        const i = Number(/\d+/.exec(name)?.[0]);
        // Answers come in another order than the questions.
        setTimeout(() => done(null, [{ address: addressOf(i), family: 4 }]), i % 7);
      },
    };
    await expect(connectByList(names, options)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(asked).toHaveLength(names.length);
  });
});

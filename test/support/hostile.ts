// Arguments that nobody means well with, for fast-check: values of every type, and objects whose every touch
// throws, or answers something else each time.

import * as net from 'node:net';
import { types } from 'node:util';

import fc from 'fast-check';

/** What hostile code throws: whoever gets it knows where it comes from. */
export class Thrown extends Error {
  override readonly name = 'Thrown';
}

function throwIt(): never {
  throw new Thrown('on purpose');
}

/** A proxy of which every trap throws, some of the time. */
function hostileProxy(target: object, throwsAt: ReadonlySet<string>): object {
  const handler = Object.fromEntries(
    Object.getOwnPropertyNames(Reflect).map((trap) => [
      trap,
      (...given: unknown[]): unknown =>
        throwsAt.has(trap)
          ? throwIt()
          : (Reflect as unknown as Record<string, (...rest: unknown[]) => unknown>)[trap]?.(
              ...given,
            ),
    ]),
  );
  return new Proxy(target, handler);
}

const traps = fc
  .subarray(['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor'])
  .map((names) => new Set(names));

const primitive = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    true,
    0,
    -0,
    -1,
    NaN,
    Infinity,
    -Infinity,
    2 ** 53,
    1e308,
    10n ** 40n,
  ),
  fc.constantFrom<unknown>(Symbol('host'), Symbol.iterator, 'x'.repeat(100_000), '\0', '\ud800'),
  fc.string(),
  fc.double(),
);

const object = fc.oneof(
  fc.constantFrom<() => unknown>(
    () => Object.create(null) as unknown,
    () => [],
    () => Object.defineProperty([], 'length', { value: 2 ** 32 - 1 }),
    () => new Date(NaN),
    () => throwIt,
    () => class Host extends Map {},
    () => new Map([[{}, {}]]),
    () => new Uint8Array(3),
    () => ({ toString: throwIt, valueOf: throwIt, [Symbol.toPrimitive]: throwIt }),
    () => ({ then: throwIt }),
    () => JSON.parse('{"__proto__": {"host": "127.0.0.1", "port": 1}}') as unknown,
  ),
  fc.object().map((value) => () => value),
);

/** Anything at all. A function that makes it, because some of it lasts for one use only. */
export const anything: fc.Arbitrary<() => unknown> = fc.oneof(
  primitive.map((value) => () => value),
  object,
  fc.tuple(object, traps).map(([make, throwsAt]) => () => {
    const target = make();
    return typeof target === 'object' && target !== null ? hostileProxy(target, throwsAt) : target;
  }),
);

/** An object with these properties, each a getter that throws, or says something else each time. */
function shifty(names: readonly string[]): fc.Arbitrary<() => object> {
  const getter = fc.oneof(
    fc.constant<(() => unknown)[]>([throwIt]),
    fc.array(anything, { minLength: 1, maxLength: 3 }),
  );
  return fc
    .record(Object.fromEntries(names.map((name) => [name, getter])), { requiredKeys: [] })
    .map((getters) => () => {
      const made = {};
      for (const [name, answers] of Object.entries(getters)) {
        let asked = 0;
        const get = (): unknown => answers?.[asked++ % answers.length]?.();
        Object.defineProperty(made, name, { get, enumerable: true, configurable: true });
      }
      return made;
    });
}

/** A thing that ought to be an endpoint. */
export const endpoint: fc.Arbitrary<() => unknown> = fc.oneof(
  anything,
  shifty(['host', 'port']),
  shifty(['address', 'port']).map(
    (make) => () => Object.setPrototypeOf(make(), net.SocketAddress.prototype) as unknown,
  ),
  fc.string().map((text) => () => `${text}:1`),
  fc.string().map((text) => () => `[${text}]:1`),
);

/** A thing that ought to be a list: some never end, some throw, some answer with what is no iterator. */
export const list: fc.Arbitrary<() => unknown> = fc.oneof(
  anything,
  fc.array(endpoint, { maxLength: 4 }).map((made) => () => made.map((make) => make())),
  fc.constantFrom<() => unknown>(
    function* () {
      for (;;) yield '127.0.0.1:1';
    },
    () => ({ [Symbol.iterator]: throwIt }),
    () => ({ [Symbol.iterator]: () => null }),
    () => ({ [Symbol.iterator]: () => ({ next: throwIt }) }),
    () => ({ [Symbol.iterator]: () => ({ next: () => 5, return: throwIt }) }),
    () => ({ [Symbol.iterator]: () => ({ next: () => ({ value: null }), return: throwIt }) }),
  ),
);

/** Options, each of them anything. */
export function optionsOf(names: readonly string[]): fc.Arbitrary<() => unknown> {
  return fc.oneof(
    { weight: 1, arbitrary: anything },
    { weight: 4, arbitrary: shifty(names) },
    {
      weight: 4,
      arbitrary: fc.constantFrom(...names).chain((name) => shifty([name])),
    },
  );
}

/** What the language, or Node, says of an object that is not what it says it is. */
const OF_THE_LANGUAGE = [
  /^(Iterator result|Result of the Symbol\.iterator method)\b.* is not an object$/,
  /^this is not a typed array\.$/,
  /called on incompatible receiver/,
  /^Class constructor \w+ cannot be invoked without 'new'$/,
  // A net.SocketAddress without its inside.
  /^Cannot read (properties|private member)/,
];

/** A clean no: an error with a code, or what the hostile code itself threw. */
export function isClean(error: unknown): boolean {
  if (error instanceof Thrown) return true;
  // By its kind and not by its class: within jest, Node's own errors are of another context.
  if (!types.isNativeError(error)) return false;
  if (typeof (error as NodeJS.ErrnoException).code === 'string') return true;
  return error.name === 'TypeError' && OF_THE_LANGUAGE.some((said) => said.test(error.message));
}

// Arguments that nobody means well with: every call of the public API rejects cleanly, with an error that has
// a code, or with what the caller's own code threw. It never crashes the process, never leaves a socket, and
// never throws where it should reject.
// CONNECT_BY_LIST_HOSTILE says how many cases there are of each kind (default 300).

import { once } from 'node:events';

import fc from 'fast-check';
import dns = require('node:dns');

import {
  connect,
  connectByList,
  connectByName,
  ConnectError,
  connector,
  History,
  sortAddressPairs,
  type ConnectOptions,
  type EndpointLike,
} from '#dist/index';
import { openSockets } from '../support/descriptors';
import { eventually } from '../support/eventually';
import { failureOf } from '../support/failure';
import { anything, endpoint, isClean, list, optionsOf, Thrown } from '../support/hostile';
import { refusingPort } from '../support/ports';
import { serve, type TestServer } from '../support/servers';

const numRuns = Number(process.env.CONNECT_BY_LIST_HOSTILE ?? 300);
const LIMIT_MS = 30_000 + numRuns * 100;

const OPTIONS = [
  'engine',
  'timeout',
  'signal',
  'attemptDelay',
  'attemptTimeout',
  'policy',
  'blockList',
  'localAddress',
  'localPort',
  'family',
  'history',
  'lookup',
  'tls',
  'noDelay',
  'keepAlive',
  'keepAliveInitialDelay',
  'allowHalfOpen',
  'onread',
  'highWaterMark',
];

describe('hostile arguments', () => {
  let refused: string;
  let server: TestServer;
  let before: number;
  beforeAll(async () => {
    server = await serve();
    refused = `127.0.0.1:${await refusingPort()}`;
    before = openSockets();
    // No name of fantasy leaves this machine.
    jest.spyOn(dns, 'lookup').mockImplementation((...given: unknown[]) => {
      const answer = given.at(-1) as (error: Error) => void;
      setImmediate(answer, Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }));
    });
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await server.close();
  });
  afterEach(() => eventually(() => server.sockets.size === 0 && openSockets() <= before));

  /** What the call came to has to be a rejection of a promise, and a clean one. */
  async function expectCleanRejection(call: () => unknown): Promise<void> {
    let pending: unknown;
    try {
      pending = call();
    } catch (error) {
      throw new Error('It threw where it should reject', { cause: error });
    }
    expect(pending).toBeInstanceOf(Promise);
    const error = await failureOf(pending as Promise<unknown>);
    if (!isClean(error)) throw new Error('Its error has no code', { cause: error });
  }

  test(
    'connectByList() of any list',
    async () => {
      const property = fc.asyncProperty(list, (make) =>
        expectCleanRejection(() =>
          connectByList(make() as Iterable<EndpointLike>, { timeout: 1_000 }),
        ),
      );
      await fc.assert(property, { numRuns });
    },
    LIMIT_MS,
  );

  test(
    'connectByList() with any options',
    async () => {
      const property = fc.asyncProperty(optionsOf(OPTIONS), (make) =>
        expectCleanRejection(() => connectByList([refused], make() as ConnectOptions)),
      );
      await fc.assert(property, { numRuns });
    },
    LIMIT_MS,
  );

  test(
    'connectByName() of anything',
    async () => {
      const property = fc.asyncProperty(anything, anything, (host, service) =>
        expectCleanRejection(() =>
          connectByName(host() as string, service() as string, { timeout: 1_000 }),
        ),
      );
      await fc.assert(property, { numRuns });
    },
    LIMIT_MS,
  );

  test(
    'connect() throws cleanly, or gives a socket that fails cleanly',
    async () => {
      const property = fc.asyncProperty(
        fc.oneof(
          fc.constant(() => [refused]),
          list,
        ),
        optionsOf(OPTIONS),
        async (makeList, makeOptions) => {
          let error: unknown;
          try {
            const options = makeOptions() as ConnectOptions;
            const socket = connect(makeList() as Iterable<EndpointLike>, options);
            [error] = (await once(socket, 'error')) as [unknown];
          } catch (thrown) {
            error = thrown;
          }
          if (!isClean(error)) throw new Error('Its error has no code', { cause: error });
        },
      );
      await fc.assert(property, { numRuns });
    },
    LIMIT_MS,
  );

  test(
    'sortAddressPairs(), connector() and History take anything',
    async () => {
      const property = fc.asyncProperty(endpoint, anything, async (makeEndpoint, makeOther) => {
        const calls: (() => unknown)[] = [
          () => connector([makeEndpoint() as EndpointLike], makeOther() as object),
          () => new History(makeOther() as object),
        ];
        for (const call of calls) {
          try {
            call();
          } catch (error) {
            if (!isClean(error)) throw new Error('Its error has no code', { cause: error });
          }
        }
        const sorted = sortAddressPairs([makeEndpoint() as EndpointLike]);
        const [{ status, ...rest }] = await Promise.allSettled([sorted]);
        if (status === 'rejected')
          expect(isClean((rest as PromiseRejectedResult).reason)).toBe(true);
      });
      await fc.assert(property, { numRuns });
    },
    LIMIT_MS,
  );

  test.each<[string, ConnectOptions['policy']]>([
    [
      'throws',
      () => {
        throw new Thrown('on purpose');
      },
    ],
    [
      'never ends',
      function* (pairs) {
        const all = [...pairs];
        for (;;) yield* all;
      },
    ],
    ['answers with pairs of its own', (pairs) => [...pairs].map((pair) => ({ ...pair }))],
    ['answers with nothing', () => undefined as never],
    ['answers with what is no pair', () => [null, 5] as never],
  ])('a policy that %s', async (_what, policy) => {
    await expectCleanRejection(() =>
      connectByList([refused], { policy: policy as NonNullable<ConnectOptions['policy']> }),
    );
  });

  test.each<[string, ConnectOptions['lookup']]>([
    [
      'throws',
      () => {
        throw new Thrown('on purpose');
      },
    ],
    [
      'answers twice',
      (_name, _options, callback) => {
        callback(null, '127.0.0.1', 4);
        callback(null, []);
      },
    ],
    [
      'answers with what is no address',
      (_name, _options, callback) => callback(null, Object.create(null) as never),
    ],
    [
      'answers with a proxy that throws',
      (_name, _options, callback) =>
        callback(
          null,
          new Proxy([], {
            get() {
              throw new Thrown('on purpose');
            },
          }),
        ),
    ],
    [
      'answers with an error that is none',
      (_name, _options, callback) => callback('no' as never, ''),
    ],
    ['never answers', () => undefined],
  ])('a lookup that %s', async (_what, lookup) => {
    const options = { lookup: lookup as NonNullable<ConnectOptions['lookup']>, timeout: 300 };
    await expectCleanRejection(() =>
      connectByList([`name.example:${refused.split(':')[1]}`], options),
    );
  });

  test('a getter that answers twice with different things is asked once', async () => {
    let asked = 0;
    const options = Object.defineProperty({}, 'attemptDelay', {
      get: () => (asked++ === 0 ? 100 : 'soon'),
      enumerable: true,
    });
    const { socket } = await connectByList([server], options);
    socket.destroy();
    expect(asked).toBe(1);
  });

  test('what onread throws when the connection is there rejects, and closes it', async () => {
    let asked = 0;
    const onread = {
      get buffer(): Uint8Array {
        if (asked++ > 0) throw new Thrown('on purpose');
        return new Uint8Array(16);
      },
      callback: () => true,
    };
    expect(await failureOf(connectByList([server], { onread }))).toBeInstanceOf(Thrown);
  });

  test('a polluted prototype changes nothing that a call was given', async () => {
    const polluted = { timeout: 0, engine: 'nobody', host: 'nowhere.invalid', port: 1, family: 6 };
    for (const [name, value] of Object.entries(polluted)) {
      Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
    }
    try {
      const { socket } = await connectByList([`127.0.0.1:${server.port}`], {});
      socket.destroy();
    } finally {
      for (const name of Object.keys(polluted)) Reflect.deleteProperty(Object.prototype, name);
    }
    expect(await failureOf(connectByList([refused]))).toBeInstanceOf(ConnectError);
  });
});

// Host names in a list.

import type { LookupAddress } from 'node:dns';
import type * as net from 'node:net';

import { connectByList } from '#dist/index';
import type { EngineUnderTest } from '../support/engine';
import { connectErrorOf, failureOf } from '../support/failure';
import { refusingPort } from '../support/ports';
import { serve, type TestServer } from '../support/servers';

/** A resolver that knows these names only, and notes what it was asked. */
function resolver(names: Record<string, string[]>): net.LookupFunction & { asked: string[] } {
  const asked: string[] = [];
  const lookup: net.LookupFunction = (name, _options, callback) => {
    asked.push(name);
    const list = names[name]?.map((address): LookupAddress => {
      return { address, family: address.includes(':') ? 6 : 4 };
    });
    const missing = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), {
      code: 'ENOTFOUND',
    });
    setImmediate(() => {
      if (list) callback(null, list);
      else callback(missing, []);
    });
  };
  return Object.assign(lookup, { asked });
}

export function describeNames({ options, races }: EngineUnderTest): void {
  describe('host names', () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await serve();
    });
    afterAll(() => server.close());

    test('a name stands for all its addresses, in its place of the list', async () => {
      const refusing = await refusingPort();
      // The server listens on the second of them only.
      const lookup = resolver({ 'node.test': ['127.0.0.2', '127.0.0.1'] });
      const list = [`127.0.0.1:${refusing}`, { host: 'node.test', port: server.port }];
      const { attempts, socket } = await connectByList(list, { ...options, lookup });
      socket.destroy();
      const tried = attempts.map(({ host, remoteAddress }) => [host, remoteAddress?.address]);
      expect(tried.at(-1)).toEqual(['node.test', '127.0.0.1']);
      if (!races) return;
      expect(tried).toEqual([
        ['127.0.0.1', '127.0.0.1'],
        ['node.test', '127.0.0.2'],
        ['node.test', '127.0.0.1'],
      ]);
    });

    test('a lookup may return a single address, as dns.lookup does unless `all` is set', async () => {
      const lookup: net.LookupFunction = (_name, _options, callback) => {
        callback(null, '127.0.0.1', 4);
      };
      const { socket, remoteAddress } = await connectByList([`node.test:${server.port}`], {
        ...options,
        lookup,
      });
      socket.destroy();
      expect(remoteAddress.address).toBe('127.0.0.1');
    });

    test('without a lookup of its own the system is asked', async () => {
      const { socket, remoteAddress } = await connectByList([`localhost:${server.port}`], options);
      socket.destroy();
      expect(remoteAddress.port).toBe(server.port);
    });

    test('a name that stands in the list twice is asked for once', async () => {
      const refusing = await refusingPort();
      const lookup = resolver({ 'node.test': ['127.0.0.1'] });
      const list = [`node.test:${refusing}`, `node.test:${server.port}`];
      const { socket } = await connectByList(list, { ...options, lookup });
      socket.destroy();
      expect(lookup.asked).toEqual(['node.test']);
    });

    test('an address that a name leads to is un-mapped as well', async () => {
      const lookup = resolver({ 'node.test': ['::ffff:127.0.0.1'] });
      const { socket, remoteAddress } = await connectByList([`node.test:${server.port}`], {
        ...options,
        lookup,
      });
      socket.destroy();
      expect(remoteAddress).toMatchObject({ address: '127.0.0.1', family: 'ipv4' });
    });

    test('a name that is not found does not keep the others from being tried', async () => {
      const lookup = resolver({});
      const list = [`nowhere.test:80`, `127.0.0.1:${server.port}`];
      const { attempts, socket } = await connectByList(list, { ...options, lookup });
      socket.destroy();
      expect(attempts[0]).toMatchObject({
        host: 'nowhere.test',
        remoteAddress: undefined,
        outcome: 'failed',
        code: 'ENOTFOUND',
      });
      expect(attempts[1]).toMatchObject({ outcome: 'connected' });
    });

    test('when no name is found the error is the resolver’s, one for each', async () => {
      const list = ['one.test:80', 'two.test:81'];
      const error = await connectErrorOf(connectByList(list, { ...options, lookup: resolver({}) }));
      expect(error).toMatchObject({ code: 'ENOTFOUND', syscall: 'getaddrinfo' });
      expect(error.message).toMatch(/\. Check how the names are spelled, and that a resolver /);
      expect(error.errors).toMatchObject([
        { code: 'ENOTFOUND', address: 'one.test', port: 80 },
        { code: 'ENOTFOUND', address: 'two.test', port: 81 },
      ]);
      expect(error.message).toContain('one.test:80');
    });

    test.each([
      ['text that is no address', 'localhost'],
      ['an empty list', []],
      ['something else', [null]],
    ])('a lookup that answers with %s fails that name only', async (_what, answer) => {
      const lookup: net.LookupFunction = (_name, _options, callback) => {
        callback(null, answer as unknown as string, 4);
      };
      const list = ['odd.test:80', `127.0.0.1:${server.port}`];
      const { attempts, socket } = await connectByList(list, { ...options, lookup });
      socket.destroy();
      expect(attempts[0]).toMatchObject({ host: 'odd.test', outcome: 'failed' });
    });

    test('what a lookup throws rejects the call', async () => {
      const thrown = new Error('the resolver is broken');
      const lookup: net.LookupFunction = () => {
        throw thrown;
      };
      const failure = await failureOf(connectByList(['a.test:80'], { ...options, lookup }));
      expect(failure).toBe(thrown);
    });

    test('the timeout counts from the call: a lookup that never answers ends with it', async () => {
      const lookup: net.LookupFunction = () => undefined;
      const error = await connectErrorOf(
        connectByList(['slow.test:80'], {
          ...options,
          lookup,
          timeout: 100,
        }),
      );
      expect(error).toMatchObject({ code: 'ETIMEDOUT' });
      expect(error.errors).toMatchObject([{ code: 'ETIMEDOUT', address: 'slow.test' }]);
      expect(error.message).toContain('slow.test:80');
    });

    test('an abort during a lookup rejects at once, with the reason', async () => {
      const controller = new AbortController();
      const lookup: net.LookupFunction = () => {
        controller.abort('enough');
      };
      const { signal } = controller;
      const failure = await failureOf(
        connectByList(['slow.test:80'], { ...options, lookup, signal }),
      );
      expect(failure).toBe('enough');
    });
  });
}

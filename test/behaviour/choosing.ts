// What may be tried at all: the caller's policy (C23), a block list, and the family of names.

import * as net from 'node:net';

import { connectByList, type AddressPair, type ConnectOptions } from '#dist/index';
import type { EngineUnderTest } from '../support/engine';
import { connectErrorOf, failureOf } from '../support/failure';
import { refusingPort } from '../support/ports';
import { serve, type TestServer } from '../support/servers';

export function describeChoosing({ options, races }: EngineUnderTest): void {
  describe('choosing', () => {
    let server: TestServer;
    let alive: string;
    let refused: string;
    beforeAll(async () => {
      server = await serve();
      alive = `127.0.0.1:${server.port}`;
      refused = `127.0.0.1:${await refusingPort()}`;
    });
    afterAll(() => server.close());

    async function connectedPort(list: string[], more: ConnectOptions): Promise<number> {
      const { socket, remoteAddress } = await connectByList(list, { ...options, ...more });
      socket.destroy();
      return remoteAddress.port;
    }

    describe('C23 policy', () => {
      test('sees the pairs, with what it needs to judge them', async () => {
        const seen: AddressPair[] = [];
        const port = await connectedPort([alive, `[::1]:1`], {
          policy: (pairs) => {
            seen.push(...pairs);
            return seen;
          },
        });
        expect(port).toBe(server.port);
        expect(seen.map(({ remote }) => remote.address).sort()).toEqual(['127.0.0.1', '::1']);
        for (const { remote, scope, label, precedence } of seen) {
          const isV4 = remote.family === 'ipv4';
          expect({ scope, label, precedence }).toEqual({
            scope: 2,
            label: isV4 ? 4 : 0,
            precedence: isV4 ? 35 : 50,
          });
        }
      });

      test('knows of a list of one as well whether it can be reached, and from where', async () => {
        const seen: AddressPair[] = [];
        await connectedPort([alive], {
          policy: (pairs) => [...pairs].map((pair) => (seen.push(pair), pair)),
        });
        // Winsock is not asked.
        expect(seen[0]?.reachable).toBe(races);
        expect(seen[0]?.local?.address).toBe(races ? '127.0.0.1' : undefined);
      });

      test('drops pairs: what it leaves out is not tried', async () => {
        const second = await serve();
        const policy: ConnectOptions['policy'] = (pairs) =>
          [...pairs].filter(({ remote }) => remote.port === second.port);
        const list = [alive, `127.0.0.1:${second.port}`];
        expect(await connectedPort(list, { policy })).toBe(second.port);
        await second.close();
      });

      test('reorders pairs, and may be a generator', async () => {
        const second = await serve();
        const list = [alive, `127.0.0.1:${second.port}`];
        const port = await connectedPort(list, {
          *policy(pairs) {
            yield* [...pairs].reverse();
          },
        });
        expect(port).toBe(second.port);
        await second.close();
      });

      test.each([
        [
          'throws',
          () => {
            throw new Error('not today');
          },
        ],
        [
          'throws while it is read',
          function* () {
            yield* [];
            throw new Error('not today');
          },
        ],
      ])('what it throws rejects the call (it %s)', async (_how, policy) => {
        const failure = await failureOf(connectByList([alive], { ...options, policy }));
        expect(failure).toMatchObject({ message: 'not today' });
      });

      test('an empty answer is a clear error, and so is one that it was not given', async () => {
        const none = await failureOf(connectByList([alive], { ...options, policy: () => [] }));
        expect(none).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
        expect((none as Error).message).toContain('dropped them all');
        const policy = (pairs: Iterable<AddressPair>): AddressPair[] =>
          [...pairs].map((pair) => ({ ...pair }));
        const strange = await failureOf(connectByList([alive], { ...options, policy }));
        expect(strange).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
        const nothing = (() => undefined) as unknown as typeof policy;
        const wrong = await failureOf(connectByList([alive], { ...options, policy: nothing }));
        expect(wrong).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
      });
    });

    describe('blockList', () => {
      const loopback = new net.BlockList();
      loopback.addSubnet('127.0.0.0', 8, 'ipv4');
      loopback.addAddress('::1', 'ipv6');
      const blockLoopback = { ...options, blockList: loopback };

      test.each([
        '127.0.0.1',
        '127.255.0.9',
        '::1',
        '::1%1',
        '::ffff:127.0.0.1',
        '::ffff:7f00:1',
        '::127.0.0.1',
        '64:ff9b::127.0.0.1',
        '64:ff9b:1::7f00:1',
        '2002:7f00:1::',
        'fe80::5efe:127.0.0.1',
        // A connect to the unspecified address reaches loopback.
        '0.0.0.0',
        '::',
        '0:0:0:0:0:0:0:0',
        '::%1',
        '::0.0.0.0',
        '::ffff:0.0.0.0',
        '64:ff9b::',
        '2002::',
      ])('%s does not slip through', async (host) => {
        const list = [{ host, port: server.port }];
        const error = await connectErrorOf(connectByList(list, blockLoopback));
        expect(error).toMatchObject({ code: 'ERR_IP_BLOCKED' });
        expect(error.attempts).toMatchObject([
          { host, outcome: 'blocked', code: 'ERR_IP_BLOCKED' },
        ]);
        expect(error.errors).toMatchObject([{ code: 'ERR_IP_BLOCKED' }]);
        expect(error.message).toMatch(
          /\. The option "blockList" forbids every address: nothing was tried\.$/,
        );
        expect(server.sockets.size).toBe(0);
      });

      test('it is checked when a name is resolved, on the address that is then used', async () => {
        const lookup: net.LookupFunction = (_name, _options, callback) => {
          callback(null, '::ffff:127.0.0.1', 6);
        };
        const list = [`inside.test:${server.port}`];
        const error = await connectErrorOf(connectByList(list, { ...blockLoopback, lookup }));
        expect(error.attempts).toMatchObject([{ host: 'inside.test', outcome: 'blocked' }]);
      });

      test('the other entries are tried, and the blocked one shows among the attempts', async () => {
        const blockList = new net.BlockList();
        blockList.addAddress('127.0.0.2', 'ipv4');
        const list = [`127.0.0.2:${server.port}`, alive];
        const { socket, attempts } = await connectByList(list, { ...options, blockList });
        socket.destroy();
        expect(attempts).toMatchObject([
          { host: '127.0.0.2', outcome: 'blocked' },
          { host: '127.0.0.1', outcome: 'connected' },
        ]);
      });
    });

    test('family: of a name, only addresses of that family are taken', async () => {
      const asked: unknown[] = [];
      const lookup: net.LookupFunction = (_name, { family }, callback) => {
        asked.push(family);
        callback(null, [
          { address: '::1', family: 6 },
          { address: '127.0.0.1', family: 4 },
        ]);
      };
      const list = [`node.test:${server.port}`];
      const { socket, attempts } = await connectByList(list, { ...options, lookup, family: 4 });
      socket.destroy();
      expect(asked).toEqual([4]);
      expect(attempts.map(({ remoteAddress }) => remoteAddress?.address)).toEqual(['127.0.0.1']);
    });

    test.each<[string, object, string]>([
      ['a policy that is no function', { policy: [] }, 'ERR_INVALID_ARG_TYPE'],
      ['a blockList that is none', { blockList: ['127.0.0.1'] }, 'ERR_INVALID_ARG_TYPE'],
      ['a family of fantasy', { family: 5 }, 'ERR_INVALID_ARG_VALUE'],
      ['a localAddress that is a name', { localAddress: 'localhost' }, 'ERR_INVALID_IP_ADDRESS'],
      ['a localPort above 65535', { localPort: 65536 }, 'ERR_SOCKET_BAD_PORT'],
      ['a localPort of text', { localPort: '80' }, 'ERR_INVALID_ARG_TYPE'],
    ])('%s is refused', async (_what, bad, code) => {
      const failure = await failureOf(connectByList([refused], { ...options, ...bad }));
      expect(failure).toMatchObject({ code });
    });
  });
}

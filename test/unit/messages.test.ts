// What errors say: bounded in size, without secrets, and of which entry.

import * as net from 'node:net';

import { connectByList, connectByName } from '#dist/index';
import { connectErrorOf, failureOf } from '../support/failure';
import { refusingPort } from '../support/ports';

const SECRET = 'hunter2';

async function messageOf(endpoints: unknown, options = {}): Promise<string> {
  return ((await failureOf(connectByList(endpoints as string[], options))) as Error).message;
}

describe('a message', () => {
  test.each<[string, unknown]>([
    ['a URL', `postgres://user:${SECRET}@host/db`],
    ['a URL with a long password', `postgres://user:${SECRET}${'x'.repeat(500)}@host/db`],
    ['a URL with an @ in its password', `postgres://user:${SECRET}@${SECRET}@host:5432/db`],
    ['a user and a password', `user:${SECRET}@host:5432`],
    ['a URL without an @', `postgres://user:${SECRET}`],
    ['a URL with a key', `https://host/?key=${SECRET}`],
    ['a user', `${SECRET}@host:80`],
    ['a port', `host:${SECRET}@x`],
    ['a host', { host: `user:${SECRET}@host`, port: 80 }],
    ['the port of an object', { host: 'host', port: `${SECRET}@x` }],
    ['an object without a port', { host: 'host', url: `postgres://user:${SECRET}@host/db` }],
    ['an object without a host', { url: `postgres://user:${SECRET}@host/db`, port: 80 }],
    ['a URL object', new URL(`http://user:${SECRET}@host/db`)],
    ['an array', [`postgres://user:${SECRET}@host/db`]],
  ])('shows no secret: %s', async (_what, endpoint) => {
    const message = await messageOf([endpoint]);
    expect(message).not.toContain(SECRET);
    expect(message).toContain('endpoints[0]');
    expect(message.length).toBeLessThan(400);
  });

  test('of a service or of an option shows none either', async () => {
    const name = await failureOf(connectByName('host', `user:${SECRET}@host`));
    expect((name as Error).message).not.toContain(SECRET);
    const host = await failureOf(connectByName(`user:${SECRET}@host`, 80));
    expect((host as Error).message).not.toContain(SECRET);
    const options = { localAddress: `user:${SECRET}@host` };
    expect(await messageOf(['127.0.0.1:1'], options)).not.toContain(SECRET);
  });

  test.each(['postgres://user@host/db', 'http://example.com', 'https://[::1]:443/', 'ws://a:1'])(
    'says of a URL what to write: %s',
    async (url) => {
      expect(await messageOf([url])).toContain("looks like a URL: write 'host:port'");
    },
  );

  test.each([
    [['127.0.0.1:1', '127.0.0.1:abc'], 'endpoints[1].port'],
    [['127.0.0.1:1', { host: '127.0.0.1', port: 65536 }], 'endpoints[1].port'],
    [['127.0.0.1:1', '127.0.0.1:2', { host: '127.0.0.1' }], 'endpoints[2].port'],
    [['127.0.0.1:1', 'a b:80'], 'endpoints[1].host'],
    [['127.0.0.1:1', '80'], 'endpoints[1]'],
    [['127.0.0.1:1', 5], 'endpoints[1]'],
    [['127.0.0.1:1', { port: 1 }], 'endpoints[1].host'],
  ])('names the entry: %j, %s', async (list, name) => {
    expect(await messageOf(list)).toContain(name);
  });

  test.each<[string, unknown]>([
    ['a large number', { host: 'a', port: 10n ** 100_000n }],
    ['a symbol', Symbol('x'.repeat(100_000))],
    ['a zone', `[fe80::1%${'9'.repeat(100_000)}]:1`],
    ['a name', `${'x'.repeat(100_000)}:1`],
    ['a port', `a:${'9'.repeat(100_000)}`],
  ])('is short, whatever was given: %s', async (_what, endpoint) => {
    expect((await messageOf([endpoint])).length).toBeLessThan(400);
  });

  test('of a long list names the first few, and errors has all', async () => {
    const port = await refusingPort();
    const list = Array.from({ length: 2_000 }, (_, i) => `127.0.${i >> 8}.${i & 255}:${port}`);
    const error = await connectErrorOf(connectByList(list, { engine: 'race' }));
    expect(error.message).toContain('none of 2000 endpoints');
    expect(error.message).toContain('and 1990 more. ');
    expect(error.message.length).toBeLessThan(2_000);
    expect(error.errors).toHaveLength(2_000);
    expect(error.attempts).toHaveLength(2_000);
  });

  test('of what was not tried, and of what is blocked, is as short', async () => {
    const blockList = new net.BlockList();
    blockList.addSubnet('127.0.0.0', 8);
    const list = Array.from({ length: 2_000 }, (_, i) => `127.0.${i >> 8}.${i & 255}:1`);
    const blocked = await connectErrorOf(connectByList(list, { engine: 'race', blockList }));
    expect(blocked.message).toContain('and 1990 more. ');
    expect(blocked.errors).toHaveLength(2_000);
    const lookup: net.LookupFunction = () => undefined;
    const names = list.map((_, i) => `n${i}.test:1`);
    const late = await connectErrorOf(
      connectByList(names, { engine: 'race', lookup, timeout: 50 }),
    );
    expect(late.message.length).toBeLessThan(2_000);
  });
});

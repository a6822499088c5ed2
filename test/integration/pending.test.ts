// A race that waits for more than its attempts: names that are looked up, limits that are seen late. Whatever it
// waits for, every limit is kept, and what arrives is used. test/native/race_pending_test.cc has the same at every
// moment, with a time of its own.

import * as dns from 'node:dns';
import * as fs from 'node:fs';
import type * as net from 'node:net';
import * as tls from 'node:tls';

import { connectByList, type AddressPair, type ConnectOptions } from '#dist/index';
import { blackhole, type Blackhole } from '../support/blackhole';
import { CERTIFICATE_FILE, KEY_FILE } from '../support/certificate';
import { runChild } from '../support/child';
import { connectErrorOf } from '../support/failure';
import { hold } from '../support/hold';
import { refusingPort } from '../support/ports';
import { serve, type TestServer } from '../support/servers';

const race: ConnectOptions = { engine: 'race', history: false };

/** Answers each name after so many ms, with these addresses; never where there is no entry. */
function answering(
  names: Record<string, { after: number; addresses?: string[] }>,
): net.LookupFunction {
  return (name, _options, callback) => {
    const answer = names[name];
    if (!answer) return;
    const { after, addresses = ['127.0.0.1'] } = answer;
    const list = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    setTimeout(callback, after, null, list);
  };
}

const never = answering({});

function thrower(): never {
  throw new Error('on purpose');
}

describe('while names are pending', () => {
  let hole: Blackhole;
  let healthy: TestServer;
  let dead: string;
  let refused: string;
  beforeAll(async () => {
    [hole, healthy] = await Promise.all([blackhole(), serve()]);
    dead = `127.0.0.1:${hole.port}`;
    refused = `127.0.0.1:${await refusingPort()}`;
  });
  afterAll(() => Promise.all([hole.close(), healthy.close()]));

  test.each([
    ['silent', () => dead],
    ['refused', () => refused],
  ])(
    'timeout ends the call, though the lookup never answers: the other is %s',
    async (_, first) => {
      const options = { ...race, lookup: never, timeout: 300 };
      const error = await connectErrorOf(connectByList([first(), 'never.test:80'], options));
      expect(error).toMatchObject({ code: 'ETIMEDOUT' });
      expect(error.attempts.map(({ host }) => host)).toEqual(['never.test', '127.0.0.1']);
      // Not its own limit, which is far above, but what it is a part of: it did not wait for ever.
      expect(error.attempts[0]?.end).toBeGreaterThanOrEqual(300);
    },
  );

  test('attemptTimeout ends an attempt, and what comes after it is not lost', async () => {
    const lookup = answering({ 'late.test': { after: 700 } });
    const options = { ...race, lookup, attemptTimeout: 400 };
    const list = [dead, `late.test:${healthy.port}`];
    const { attempts, socket } = await connectByList(list, options);
    socket.destroy();
    expect(attempts).toMatchObject([
      { outcome: 'timeout', code: 'ETIMEDOUT' },
      { host: 'late.test', outcome: 'connected' },
    ]);
    const [first] = attempts;
    expect((first?.end ?? 0) - (first?.start ?? 0)).toBeGreaterThanOrEqual(400);
  });

  test.each([40, 45, 100])(
    'an address that is known by the deadline is tried: timeout %i',
    async (timeout) => {
      const options = { ...race, lookup: never, timeout };
      const list = [`127.0.0.1:${healthy.port}`, 'never.test:80'];
      const { socket } = await connectByList(list, options);
      socket.destroy();
    },
  );

  test('so is one whose name has just been looked up, and a policy sees what is known', async () => {
    const lookup = answering({ 'soon.test': { after: 380 } });
    const list = ['never.test:80', `soon.test:${healthy.port}`];
    for (const policy of [undefined, (pairs: Iterable<AddressPair>) => pairs]) {
      const options = { ...race, lookup, timeout: 400, ...(policy && { policy }) };
      const { socket } = await connectByList(list, options);
      socket.destroy();
    }
  });

  test.each([
    [100, 700],
    [490, 30],
  ])('an answer at %i ms of 500 counts, though the loop is held for %i ms then', async (at, ms) => {
    const lookup: net.LookupFunction = (_name, _options, callback) => {
      setTimeout(() => {
        callback(null, '127.0.0.1', 4);
        hold(ms);
      }, at);
    };
    const list = [refused, `node.test:${healthy.port}`];
    const { socket } = await connectByList(list, { ...race, lookup, timeout: 500 });
    socket.destroy();
  });

  test('a socket that is unref()ed while its race runs does not keep the process', async () => {
    const program = (then: string): string => `
      const { connect } = require('./dist');
      const lookup = (name, options, callback) => setTimeout(callback, 20, null, '127.0.0.1', 4);
      const socket = connect(['n.test:${hole.port}'], { engine: 'race', timeout: 3000, lookup });
      socket.on('error', ({ code }) => console.log(code));
      ${then}
    `;
    expect(await runChild(program('setTimeout(() => socket.unref(), 300);'))).toMatchObject({
      ...{ stdout: '', stderr: '', code: 0 },
    });
    const kept = await runChild(program('socket.unref(); setTimeout(() => socket.ref(), 300);'));
    expect(kept).toMatchObject({ stderr: '', code: 0 });
    expect(kept.stdout.trim()).toBe('ETIMEDOUT');
  });

  test('an abort rejects at once', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const options = { ...race, lookup: never, signal: controller.signal };
    const pending = connectByList([dead, 'never.test:80'], options);
    setTimeout(() => controller.abort(reason), 300);
    await expect(pending).rejects.toBe(reason);
  });

  // The race asks for more 250 ms after its last start, and is told a turn of the loop later.
  test.each([245, 248, 250, 251, 252, 255])(
    'an answer that comes %i ms after the call is used, whatever the race does just then',
    async (after) => {
      const lookup = answering({ 'late.test': { after } });
      const list = [`late.test:${healthy.port}`];
      const { attempts, socket } = await connectByList([dead, ...list], { ...race, lookup });
      socket.destroy();
      expect(attempts.at(-1)).toMatchObject({ host: 'late.test', outcome: 'connected' });
    },
  );

  test('names that fail one after the other leave the last one its turn', async () => {
    const lookup: net.LookupFunction = (name, _options, callback) => {
      const [, ms] = /^n(\d+)\./.exec(name) ?? [];
      const error = Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
      const isLast = ms === '400';
      setTimeout(() => callback(isLast ? null : error, isLast ? '127.0.0.1' : [], 4), Number(ms));
    };
    const list = [refused, 'n100.test:1', 'n200.test:1', `n400.test:${healthy.port}`];
    const { attempts, socket } = await connectByList(list, { ...race, lookup });
    socket.destroy();
    expect(attempts.at(-1)).toMatchObject({ host: 'n400.test', outcome: 'connected' });
  });
});

describe('a limit that is seen late, because JavaScript has held the loop', () => {
  test('a name that the system knows is looked up and tried first', async () => {
    const server = await serve();
    const lookup: net.LookupFunction = (_name, options, callback) => {
      dns.lookup('127.0.0.1', options, callback as never);
    };
    const options = { ...race, lookup, timeout: 100 };
    const pending = connectByList([`node.test:${server.port}`], options);
    hold(300);
    const { socket } = await pending;
    socket.destroy();
    await server.close();
  });

  test.each([{ timeout: 1_000 }, { attemptTimeout: 1_000 }])(
    'bytes of a handshake that have come count: %p',
    async (limit) => {
      const [key, cert] = [KEY_FILE, CERTIFICATE_FILE].map((file) => fs.readFileSync(file));
      const server = await serve('127.0.0.1', (socket) => {
        new tls.TLSSocket(socket, { isServer: true, key, cert }).on('error', () => undefined);
      });
      // The server is in this thread too: it answers, and then the loop is held until the limit has passed.
      const options = { ...race, ...limit, tls: { rejectUnauthorized: false } };
      const pending = connectByList([`127.0.0.1:${server.port}`], options);
      const accepted = await server.accepted();
      accepted.once('data', () => setImmediate(() => hold(1_200)));
      const { socket } = await pending;
      socket.destroy();
      await server.close();
    },
  );

  test('what is not there by then is not waited for', async () => {
    const options = { ...race, lookup: never, timeout: 100 };
    const pending = connectErrorOf(connectByList(['never.test:80'], options));
    hold(300);
    expect(await pending).toMatchObject({ code: 'ETIMEDOUT' });
  });
});

describe('what a lookup answers with', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await serve();
  });
  afterAll(() => server.close());

  async function hostsTried(
    names: Record<string, string[]>,
    list: (port: number) => string[],
  ): Promise<string[]> {
    const entries = Object.entries(names).map(([name, addresses]) => [
      name,
      { after: 0, addresses },
    ]);
    const lookup = answering(Object.fromEntries(entries) as Parameters<typeof answering>[0]);
    const port = await refusingPort();
    const error = await connectErrorOf(connectByList(list(port), { ...race, lookup }));
    expect(error.message).toContain(
      list(port).length === 1 ? 'the only endpoint' : `none of ${list(port).length} endpoints`,
    );
    return error.attempts.map(({ host, remoteAddress }) => `${host} ${remoteAddress?.address}`);
  }

  test('an address that comes four times is tried once', async () => {
    const addresses = ['127.0.0.1', '127.0.0.1', '::ffff:127.0.0.1', '127.0.0.1'];
    const tried = await hostsTried({ 'a.test': addresses }, (port) => [`a.test:${port}`]);
    expect(tried).toEqual(['a.test 127.0.0.1']);
  });

  test('what two names have in common is tried once, and both are counted', async () => {
    const names = { 'a.test': ['127.0.0.1'], 'b.test': ['127.0.0.1', '127.0.0.2'] };
    const tried = await hostsTried(names, (port) => [`a.test:${port}`, `b.test:${port}`]);
    expect(tried).toEqual(['a.test 127.0.0.1', 'b.test 127.0.0.2']);
  });

  test.each(['127.0.0.1', 'a.test'])(
    'what the caller wrote twice is tried twice: %s',
    async (host) => {
      const names = { 'a.test': ['127.0.0.1'] };
      const tried = await hostsTried(names, (port) => [`${host}:${port}`, `${host}:${port}`]);
      expect(tried).toHaveLength(2);
    },
  );

  test('an address in other spellings is the same', async () => {
    const addresses = ['::1', '0:0:0:0:0:0:0:1', '::0001'];
    const tried = await hostsTried({ 'a.test': addresses }, (port) => [`a.test:${port}`]);
    expect(tried).toEqual(['a.test ::1']);
  });

  test.each<[string, unknown, unknown]>([
    ['whose code throws', Object.defineProperty(new Error('x'), 'code', { get: thrower }), []],
    ['whose code is a symbol', { code: Symbol('x') }, []],
    ['whose code is without end', { code: 'x'.repeat(100_000) }, []],
    ['whose code has lines', { code: 'E\nX' }, []],
    ['an entry that throws', null, [Object.defineProperty({}, 'address', { get: thrower })]],
  ])('garbage is a failure of that name: %s', async (_what, error, addresses) => {
    const lookup: net.LookupFunction = (_name, _options, callback) => {
      setImmediate(() => {
        callback(error as Error, addresses as dns.LookupAddress[]);
      });
    };
    const failed = await connectErrorOf(connectByList(['node.test:80'], { ...race, lookup }));
    expect(failed).toMatchObject({ code: 'EAI_FAIL' });
    expect(failed.message.length).toBeLessThan(400);
  });

  test('a name with thousands of addresses, late, is gone through in turns', async () => {
    const addresses = Array.from({ length: 5_000 }, (_, i) => `127.2.${i >> 8}.${i & 255}`);
    const lookup = answering({ 'many.test': { after: 200, addresses } });
    const port = await refusingPort();
    const list = [`127.0.0.1:${port}`, `many.test:${port}`];
    const error = await connectErrorOf(connectByList(list, { ...race, lookup }));
    expect(error.attempts).toHaveLength(5_001);
  });

  test('an entry that is no address is left out, and the others are tried', async () => {
    const lookup: net.LookupFunction = (_name, _options, callback) => {
      const list = [{ address: 'nonsense' }, null, {}, { address: '127.0.0.1', family: 4 }];
      callback(null, list as dns.LookupAddress[]);
    };
    const list = [`node.test:${server.port}`];
    const { socket, attempts } = await connectByList(list, { ...race, lookup });
    socket.destroy();
    expect(attempts).toMatchObject([{ outcome: 'connected' }]);
  });

  test('without any address it is ERR_INVALID_IP_ADDRESS', async () => {
    const lookup: net.LookupFunction = (_name, _options, callback) => {
      callback(null, [{ address: 'nonsense' }, { address: '' }] as dns.LookupAddress[]);
    };
    const error = await connectErrorOf(connectByList(['node.test:80'], { ...race, lookup }));
    expect(error).toMatchObject({ code: 'ERR_INVALID_IP_ADDRESS' });
  });

  test('it is asked as net.connect() asks', async () => {
    const asked: unknown[] = [];
    const lookup: net.LookupFunction = (_name, options, callback) => {
      asked.push(options);
      callback(null, [{ address: '127.0.0.1', family: 4 }]);
    };
    for (const family of [undefined, 4, 6] as const) {
      const options = { ...race, lookup, ...(family && { family }) };
      const list = [`node.test:${server.port}`];
      await connectByList(list, options).then(
        ({ socket }) => socket.destroy(),
        () => undefined,
      );
    }
    const hints = process.platform === 'win32' ? 0 : dns.ADDRCONFIG;
    expect(asked).toEqual([
      { all: true, family: 0, hints },
      { all: true, family: 4, hints: 0 },
      { all: true, family: 6, hints: 0 },
    ]);
  });
});

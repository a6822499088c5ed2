// resolveSrv(), against a name server of the test's own.

import { promises as dns } from 'node:dns';

import { connectByList, ConnectError, resolveSrv, type ConnectOptions } from '#dist/index';
import { errorWithCode } from '../support/failure';
import { nameServer, type NameServer } from '../support/name-server';
import { refusingPort } from '../support/ports';
import { serve, type TestServer } from '../support/servers';

let server: TestServer;
let names: NameServer;
let resolver: dns.Resolver;
/** Where the primary servers do not listen. */
let refusing: number;

beforeAll(async () => {
  server = await serve('127.0.0.1');
  const { port } = server;
  refusing = await refusingPort();
  names = await nameServer({
    '_ldap._tcp.a.test': [
      { priority: 20, weight: 0, port, target: 'backup.a.test' },
      { priority: 10, weight: 60, port: refusing, target: 'first.a.test' },
      { priority: 10, weight: 40, port: refusing, target: 'second.a.test' },
    ],
    '_none._tcp.a.test': [{ priority: 0, weight: 0, port: 0, target: '.' }],
    '_empty._tcp.a.test': [],
    // In one UDP answer they would not fit: a resolver is asked instead, below.
    '_silent._tcp.a.test': 'silence',
  });
  resolver = new dns.Resolver({ timeout: 200, tries: 1 });
  resolver.setServers([names.address]);
});

afterAll(() => Promise.all([server.close(), names.close()]));

async function failureOf(name: string): Promise<ConnectError> {
  const error: unknown = await resolveSrv(name, { resolver }).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(ConnectError);
  return error as ConnectError;
}

test('endpoints with the priority and the weight of their records', async () => {
  const list = await resolveSrv('_ldap._tcp.a.test', { resolver });
  expect(list).toHaveLength(3);
  expect(list).toContainEqual({ host: 'first.a.test', port: refusing, priority: 10, weight: 60 });
  expect(list).toContainEqual({
    host: 'backup.a.test',
    port: server.port,
    priority: 20,
    weight: 0,
  });
});

test('what it resolves with is a list for connectByList(): the priorities hold', async () => {
  const lookup: ConnectOptions['lookup'] = (name, _, callback) => {
    const address = name.startsWith('second') ? '127.0.0.2' : '127.0.0.1';
    callback(null, [{ address, family: 4 }]);
  };
  const list = await resolveSrv('_ldap._tcp.a.test', { resolver });
  const { socket, attempts } = await connectByList(list, { lookup, history: false });
  socket.destroy();
  expect(attempts.map(({ host }) => host).sort()).toEqual([
    'backup.a.test',
    'first.a.test',
    'second.a.test',
  ]);
  expect(attempts.at(-1)).toMatchObject({ host: 'backup.a.test', outcome: 'connected' });
});

test.each([
  ['a target of "."', '_none._tcp.a.test'],
  ['no record', '_empty._tcp.a.test'],
  ['no such name', '_other._tcp.a.test'],
])('%s: there is no such service', async (_, name) => {
  const error = await failureOf(name);
  expect(error).toMatchObject({ code: 'ENOTFOUND', syscall: 'querySrv' });
  expect(error.message).toContain(name);
  expect(error.errors).toMatchObject([{ code: 'ENOTFOUND', hostname: name }]);
});

test('a name server that does not answer: its code, and its error as the cause', async () => {
  const error = await failureOf('_silent._tcp.a.test');
  expect(error.code).toBe('ETIMEOUT');
  expect(error.errors[0]?.cause).toMatchObject({ code: 'ETIMEOUT' });
});

test('a signal rejects at once, with its reason', async () => {
  const slow = new dns.Resolver();
  slow.setServers([names.address]);
  const controller = new AbortController();
  const call = resolveSrv('_silent._tcp.a.test', { resolver: slow, signal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(call).rejects.toThrow('enough');
  slow.cancel();
});

test('more than 1,000 records are refused', async () => {
  const record = { name: 'a.test', port: 1, priority: 0, weight: 0 };
  const many = { resolveSrv: () => Promise.resolve(Array.from({ length: 1_001 }, () => record)) };
  const call = resolveSrv('_many._tcp.a.test', { resolver: many as unknown as dns.Resolver });
  await expect(call).rejects.toThrow(errorWithCode('ERR_OUT_OF_RANGE'));
});

test.each([
  [undefined, {}],
  [7, {}],
  ['a', null],
  ['a', { signal: {} }],
  ['a', { resolver: {} }],
  ['a', { resolver: null }],
])('bad arguments reject: %p, %p', async (name, options) => {
  const call = resolveSrv(name as string, options as object);
  await expect(call).rejects.toThrow(errorWithCode('ERR_INVALID_ARG_TYPE'));
});

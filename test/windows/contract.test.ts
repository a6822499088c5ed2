// The contract of WSAConnectByList, clause by clause, by what the stand-in was handed and what came out
// of what it answered. On real Windows there is no stand-in, and nothing to look into the function with;
// there winsock.test.ts holds it to the behaviour alone.

import { connectByList, type ConnectOptions } from '#dist/index';
import { blackhole } from '../support/blackhole';
import { eventually } from '../support/eventually';
import { connectErrorOf, failureOf } from '../support/failure';
import { refusingPort } from '../support/ports';
import { serve, type TestServer } from '../support/servers';
import type * as StandIn from './stand-in/index';
import { hasRealFunction, installStandIn } from './system';

const AF_INET6 = 23;
const SOCK_STREAM = 1;
const SIZE_OF_SOCKADDR_IN6 = 28;

const onTheStandIn = hasRealFunction ? describe.skip : describe;

onTheStandIn('the contract', () => {
  let standIn: typeof StandIn;
  let server: TestServer;
  let alive: string;
  const winsock: ConnectOptions = { engine: 'winsock' };

  beforeAll(async () => {
    standIn = installStandIn();
    server = await serve();
    alive = `127.0.0.1:${server.port}`;
  });
  afterAll(() => server.close());
  beforeEach(() => standIn.reset());
  afterAll(() => standIn.reset());

  /** Connects, hangs up, and tells what the function was handed. */
  async function recorded(
    endpoints: string[],
    options: ConnectOptions = winsock,
  ): Promise<StandIn.StandInCall> {
    const { socket } = await connectByList(endpoints, options);
    socket.destroy();
    const [call, ...others] = standIn.calls();
    expect(others).toEqual([]);
    return call as StandIn.StandInCall;
  }

  test('it is the default engine where Winsock has the function, and race where it has not', async () => {
    const withIt = await connectByList([alive]);
    standIn.remove();
    const withoutIt = await connectByList([alive]);
    const refused = await failureOf(connectByList([alive], winsock));
    standIn.install();
    withIt.socket.destroy();
    withoutIt.socket.destroy();
    expect([withIt.engine, withoutIt.engine]).toEqual(['winsock', 'race']);
    expect(refused).toMatchObject({ code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
    expect((refused as Error).message).toContain("Use the engine 'race'");
  });

  test('C01 every entry of the list has its own address and its own port', async () => {
    const port = await refusingPort();
    const { entries } = await recorded([`127.0.0.1:${port}`, alive]);
    expect(entries.map((entry) => entry.port)).toEqual([port, server.port]);
  });

  test('C02 C04 IPv4 goes mapped, IPv6 as it is, ports in network order, in sockaddr_in6', async () => {
    const port = await refusingPort('::1');
    const { entries } = await recorded([`[::1]:${port}`, alive]);
    const sizes = { family: AF_INET6, length: SIZE_OF_SOCKADDR_IN6, scopeId: 0 };
    expect(entries).toEqual([
      { ...sizes, address: '::1', port, mapped: false },
      { ...sizes, address: '::ffff:127.0.0.1', port: server.port, mapped: true },
    ]);
  });

  test('C03 C06 the socket is AF_INET6, SOCK_STREAM, with IPV6_V6ONLY off', async () => {
    const { socketFamily, socketType, v6only } = await recorded([alive]);
    expect({ socketFamily, socketType, v6only }).toEqual({
      socketFamily: AF_INET6,
      socketType: SOCK_STREAM,
      v6only: false,
    });
  });

  test('the socket is overlapped, as libuv needs it, and no child process inherits it', async () => {
    const { overlapped, inheritable } = await recorded([alive]);
    expect(overlapped).not.toBe(false);
    expect(inheritable).toBe(false);
  });

  test('C04 a link-local address keeps its scope id', async () => {
    standIn.program({ fail: 10051 });
    await connectErrorOf(connectByList(['[fe80::1%7]:80'], winsock));
    const [call] = standIn.calls();
    expect(call?.entries).toMatchObject([{ address: 'fe80::1', port: 80, scopeId: 7 }]);
  });

  test('C05 the socket is unbound', async () => {
    const { bound, refused } = await recorded([alive]);
    expect({ bound, refused }).toEqual({ bound: false, refused: null });
  });

  test('C07 C08 every entry is handed over, in the order of the list', async () => {
    const ports = await Promise.all(Array.from({ length: 5 }, () => refusingPort()));
    const { attempts } = await recorded([...ports.map((port) => `127.0.0.1:${port}`), alive]);
    expect(attempts.map(({ port }) => port)).toEqual([...ports, server.port]);
  });

  test('C09 C10 both buffers are given and their content is told, un-mapped', async () => {
    const { socket, localAddress, remoteAddress } = await connectByList([alive], winsock);
    expect(remoteAddress).toMatchObject({
      address: '127.0.0.1',
      port: server.port,
      family: 'ipv4',
    });
    expect(localAddress).toMatchObject({ address: '127.0.0.1', port: socket.localPort });
    socket.destroy();
    const [call] = standIn.calls();
    expect(call?.localBuffer).toBeGreaterThanOrEqual(SIZE_OF_SOCKADDR_IN6);
    expect(call?.remoteBuffer).toBeGreaterThanOrEqual(SIZE_OF_SOCKADDR_IN6);
  });

  test('C11 without a timeout the pointer is NULL', async () => {
    expect((await recorded([alive])).timeout).toBeNull();
  });

  test('C12 a timeout goes as seconds and microseconds, less what has passed since the call', async () => {
    const { timeout } = await recorded([alive], { ...winsock, timeout: 2_500 });
    const { seconds = 0, microseconds = 0 } = timeout ?? {};
    expect(microseconds).toBeGreaterThanOrEqual(0);
    expect(microseconds).toBeLessThan(1_000_000);
    const ms = seconds * 1_000 + microseconds / 1_000;
    expect(ms).toBeLessThanOrEqual(2_500);
    expect(ms).toBeGreaterThan(500);
  });

  test('C12 a timeout longer than a timeval holds is none', async () => {
    expect((await recorded([alive], { ...winsock, timeout: 2 ** 42 })).timeout).toBeNull();
  });

  test('C12 C13 a running attempt is not interrupted; then the error is WSAETIMEDOUT', async () => {
    standIn.program({ block: 300, fail: 10061 });
    const options = { ...winsock, timeout: 50 };
    const error = await connectErrorOf(connectByList([alive, alive], options));
    expect(error).toMatchObject({ code: 'ETIMEDOUT', wsaName: 'WSAETIMEDOUT', wsaCode: 10060 });
    expect(error.errors[0]?.ms).toBeGreaterThanOrEqual(290);
    expect(standIn.calls()[0]?.attempts).toHaveLength(1);
  });

  test('C15 a host that cannot be reached is WSAEHOSTUNREACH', async () => {
    standIn.program({ fail: 10065 });
    const error = await connectErrorOf(connectByList([alive], winsock));
    expect(error).toMatchObject({ code: 'EHOSTUNREACH', wsaCode: 10065 });
  });

  test.each([
    ['C16', 10022, 'WSAEINVAL', 'EINVAL'],
    ['C17', 10055, 'WSAENOBUFS', 'ENOBUFS'],
    ['C18', 10038, 'WSAENOTSOCK', 'ENOTSOCK'],
  ])(
    '%s what the function itself refuses comes out by its name: %d',
    async (_c, wsaCode, wsaName, code) => {
      standIn.program({ failCall: wsaCode });
      const error = await connectErrorOf(connectByList([alive], winsock));
      expect(error).toMatchObject({ syscall: 'WSAConnectByList', wsaCode, wsaName, code });
      expect(error.message).toContain(wsaName);
    },
  );

  test('C16 Reserved is NULL', async () => {
    expect((await recorded([alive])).reservedIsNull).toBe(true);
  });

  test('C16 a list of which this host knows no zone at all is WSAEINVAL', async () => {
    const error = await connectErrorOf(connectByList(['[fe80::1%nowhere]:80'], winsock));
    expect(error).toMatchObject({ code: 'EINVAL', wsaName: 'WSAEINVAL' });
  });

  test('C19 C20 the call never runs on the thread of the event loop', async () => {
    const { threadId } = await recorded([alive]);
    expect(threadId).not.toBe(standIn.mainThreadId());
    expect(threadId).not.toBe(standIn.currentThreadId());
  });

  test('C21 SO_UPDATE_CONNECT_CONTEXT comes first, before anything else touches the socket', async () => {
    expect((await recorded([alive])).updateContext).toBe('first');
  });

  test('C22 after a failure the socket is closed, and never while the call runs', async () => {
    const hole = await blackhole();
    const port = await refusingPort();
    await connectErrorOf(connectByList([`127.0.0.1:${port}`], winsock));
    const signal = AbortSignal.timeout(50);
    await failureOf(connectByList([`127.0.0.1:${hole.port}`], { ...winsock, signal }));
    await eventually(() => standIn.liveSockets() === 0);
    const calls = standIn.calls();
    expect(calls.map(({ closed }) => closed)).toEqual([true, true]);
    expect(calls.map(({ closedWhileRunning }) => closedWhileRunning)).toEqual([false, false]);
    await hole.close();
  });

  test('a list of 10,000 entries is handed over whole', async () => {
    standIn.program({ fail: 10061 });
    const list = Array.from({ length: 10_000 }, (_, i) => `127.0.0.1:${1 + (i % 60_000)}`);
    const error = await connectErrorOf(connectByList(list, winsock));
    expect(error.code).toBe('ECONNREFUSED');
    expect(standIn.calls()[0]?.entries).toHaveLength(10_000);
  });
});

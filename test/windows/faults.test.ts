// Every error of Winsock at every step of a call: each ends in a ConnectError that names the endpoint, the
// step and the error, and leaves no socket and no handle of Windows behind.

import { connectByList, type ConnectOptions } from '#dist/index';
import { addon } from '#dist/native/addon';
import { WSA_ERRORS } from '#dist/attempts/wsa-codes';
import { runChild } from '../support/child';
import { eventually } from '../support/eventually';
import { connectErrorOf, failureOf } from '../support/failure';
import { refusingPort } from '../support/ports';
import { serve, type TestServer } from '../support/servers';
import type * as StandIn from './stand-in/index';
import { hasRealFunction, installStandIn } from './system';

const WSAEAFNOSUPPORT = 10047;
/** Handles that Windows and Node make once, and keep. */
const HANDLES_OF_OTHERS = 20;

const onTheStandIn = hasRealFunction ? describe.skip : describe;

onTheStandIn('faults of Winsock', () => {
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
  afterEach(() => standIn.reset());

  const connects = async (): Promise<void> => {
    const { socket } = await connectByList([alive], winsock);
    socket.destroy();
  };

  test.each([
    ['WSASocketW', 'failSocket', 'WSASocket'],
    ['setsockopt(IPV6_V6ONLY)', 'failV6Only', 'setsockopt'],
    ['WSAConnectByList', 'failCall', 'WSAConnectByList'],
    ['an attempt', 'fail', 'WSAConnectByList'],
    ['setsockopt(SO_UPDATE_CONNECT_CONTEXT)', 'failUpdateContext', 'setsockopt'],
  ])('C22 %s fails with each error in turn, and leaves nothing', async (_what, step, syscall) => {
    await connects();
    const before = standIn.handleCount();
    for (const { wsaCode, wsaName, code } of WSA_ERRORS.values()) {
      standIn.program({ [step]: wsaCode });
      const error = await connectErrorOf(connectByList([alive, '127.0.0.1:1'], winsock));
      expect(error).toMatchObject({ code, wsaName, wsaCode, syscall });
      expect(error.message).toContain(alive);
      expect(error.message).toContain('127.0.0.1:1');
    }
    await eventually(() => standIn.liveSockets() === 0);
    expect(standIn.handleCount() - before).toBeLessThan(HANDLES_OF_OTHERS);
    standIn.program({});
    await connects();
  });

  test('a code that nobody knows keeps its number', async () => {
    standIn.program({ failCall: 12_345 });
    const error = await connectErrorOf(connectByList([alive], winsock));
    expect(error).toMatchObject({ code: 'UNKNOWN', wsaName: 'WSA error 12345', wsaCode: 12_345 });
  });

  test('where a list needs IPv6, no IPv6 is an error of the socket', async () => {
    standIn.program({ failSocket: WSAEAFNOSUPPORT });
    const error = await connectErrorOf(connectByList([alive, '[::1]:1'], winsock));
    expect(error).toMatchObject({ code: 'EAFNOSUPPORT', syscall: 'WSASocket' });
  });

  test.each([
    [10_038, 'ENOTSOCK'],
    [10_055, 'ENOBUFS'],
  ])('an attempt whose state cannot be asked for has failed with that: %i', async (wsa, code) => {
    const endpoint = `127.0.0.1:${await refusingPort()}`;
    standIn.program({ failSelect: wsa });
    const error = await connectErrorOf(connectByList([endpoint], { engine: 'race' }));
    expect(error).toMatchObject({ code });
  });

  test.each([true, false])(
    'an abort ends a call where a provider is layered: %s',
    async (layered) => {
      standIn.program({ layered, block: Infinity, afterCancel: 'return' });
      const controller = new AbortController();
      const call = failureOf(connectByList([alive], { ...winsock, signal: controller.signal }));
      await eventually(() => standIn.calls().some(({ result }) => result === 'running'));
      controller.abort();
      await call;
      await eventually(() => standIn.calls().every(({ result }) => result === 'failed'));
      await eventually(() => standIn.liveSockets() === 0);
    },
  );

  // libuv's check: older ones take SIO_TCP_INITIAL_RTO and then connect wrongly.
  test.each([
    ['10 1703', 15_063, 0],
    ['10 1709', 16_299, 1],
    ['11', 22_000, 1],
  ])(
    'on Windows %s a refusal on loopback is made prompt only where it can be',
    async (_windows, windowsBuild, expected) => {
      // The version is asked for once in a process.
      const program = `
      const standIn = require('./build-test/windows/stand-in/index');
      standIn.install();
      standIn.program({ windowsBuild: ${windowsBuild} });
      const { connectByList } = require('./dist');
      connectByList(['${alive}'], { engine: 'race' }).then(({ socket }) => {
        socket.destroy();
        console.log(standIn.initialRtoCount());
      });
    `;
      expect(await runChild(program)).toMatchObject({ code: 0, stdout: `${expected}\n` });
    },
  );

  test('a function that has gone between the choice of the engine and the call is an error', async () => {
    const native = addon() as Required<ReturnType<typeof addon>>;
    const gone = jest.spyOn(native, 'connectByList').mockReturnValue(0);
    try {
      expect(await failureOf(connectByList([alive], winsock))).toMatchObject({
        code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
      });
    } finally {
      gone.mockRestore();
    }
  });
});

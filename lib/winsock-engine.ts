// The winsock engine: the real WSAConnectByList
// (learn.microsoft.com/windows/win32/api/winsock2/nf-winsock2-wsaconnectbylist). Which pairs it tries, and
// in what order, is Windows' say; it tells of the winner, or of its last failure, and of nothing else.

import type * as net from 'node:net';
import { isMainThread } from 'node:worker_threads';

import { toSocketAddress, type Endpoint } from './endpoints';
import type { Made } from './engine';
import { raceFailure, winsockFailure } from './failure';
import { addon } from './native';
import type { Settings } from './options';
import { orAbort } from './or-abort';
import { planWinsock } from './pairs';
import type { Targets } from './targets';
import { wsaError } from './wsa-codes';

/** Which function failed; the order is that of ListResult::Step in src-native/winsock/connect_by_list.h. */
const STEPS = ['', 'WSASocket', 'setsockopt', 'WSAConnectByList', 'setsockopt'] as const;

/** The parameters are those of connectByRace(). */
export async function connectByWinsock(
  given: Targets,
  settings: Settings,
  startsAt: number,
): Promise<Made> {
  const { timeout, signal, policy } = settings;
  const targets = planWinsock(given.known, policy);
  const earlier = given.rows();
  const timeLeft = timeout - startsAt;
  // Lookups have used all the time up: there is none to give to Winsock.
  if (timeLeft <= 0) throw raceFailure(earlier, timeout, targets);

  const calledAt = performance.now();
  const result = await call(targets, timeLeft, signal);
  const took = performance.now() - calledAt;
  if (result.socket < 0) {
    const step = STEPS[result.failedStep] ?? 'WSAConnectByList';
    throw winsockFailure(wsaError(result.wsaCode), step, targets, earlier, took);
  }
  const { local, remote } = result;
  return {
    socket: result.socket,
    readLocalAddress: () => local,
    readRemoteAddress: () => remote,
    readAttempts: () => [
      ...earlier,
      {
        host: hostOf(remote, targets),
        port: remote.port,
        remoteAddress: remote,
        localAddress: local,
        outcome: 'connected',
        code: undefined,
        start: startsAt,
        end: startsAt + took,
      },
    ],
  };
}

interface CallResult {
  failedStep: number;
  wsaCode: number;
  socket: number;
  local: net.SocketAddress;
  remote: net.SocketAddress;
}

function call(
  targets: readonly Endpoint[],
  timeLeft: number,
  signal: AbortSignal | undefined,
): Promise<CallResult> {
  const native = addon();
  endCallsAtExit();
  return orAbort<CallResult>(signal, (resolve) => {
    const id = native.connectByList?.(
      targets.map(({ address }) => address),
      targets.map(({ port }) => port),
      // C12: a timeval counts microseconds, and one of zero would be another promise.
      Math.max(timeLeft, 0.001),
      // Node tells an addon that a worker thread ends only when the pool has given back what it runs for
      // it, so a call of a worker's would block the end from there: it gets a thread of its own.
      isMainThread,
      (failedStep, wsaCode, socket, localAddress, localPort, remoteAddress, remotePort) => {
        resolve({
          failedStep,
          wsaCode,
          socket,
          local: toSocketAddress(localAddress, localPort) as net.SocketAddress,
          remote: toSocketAddress(remoteAddress, remotePort) as net.SocketAddress,
        });
      },
    );
    return () => native.abortConnectByList?.(id as number);
  });
}

/** The host as the list has it. */
function hostOf(remote: net.SocketAddress, targets: readonly Endpoint[]): string {
  const target = targets.find(
    ({ address, port }) =>
      port === remote.port && toSocketAddress(address, port)?.address === remote.address,
  );
  return target?.host ?? remote.address;
}

let endsCallsAtExit = false;

/**
 * At process.exit() libuv waits for the threads of its pool. A call that blocks one of them is ended here,
 * while JavaScript still runs.
 */
function endCallsAtExit(): void {
  if (endsCallsAtExit) return;
  endsCallsAtExit = true;
  process.once('exit', () => addon().abortAllConnectByList?.());
}

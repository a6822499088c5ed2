// The winsock engine: the real WSAConnectByList and WSAConnectByName
// (learn.microsoft.com/windows/win32/api/winsock2/nf-winsock2-wsaconnectbylist, …-wsaconnectbynamew). Windows decides
// which pairs they try, and in what order; they report the winner, or the last failure, and nothing else.

import type * as net from 'node:net';
import { isMainThread } from 'node:worker_threads';

import { planWinsock } from '../../address-selection/candidates';
import { rowsOf } from '../../attempts/attempt';
import { connectFailure, winsockFailure, type WinsockTargets } from '../../attempts/connect-error';
import { wsaError } from '../../attempts/wsa-codes';
import { toSocketAddress, type Endpoint } from '../../endpoints/endpoints';
import { addon, type WinsockDone } from '../../native/addon';
import { elapsed, type Call, type CallControl } from '../../options/call';
import type { ResolvedEndpoints } from '../../resolution/resolved-endpoints';
import { orAbort } from '../../util/abortable';
import { notExported, type EngineResult, type WinsockFunction } from '../engine';

/** What the two functions differ in. */
interface WinsockRequest {
  readonly name: WinsockFunction;
  /** Starts it, and answers with its id. `timeout` is in ms. */
  start(timeout: number, mayUsePool: boolean, done: WinsockDone): number | undefined;
  /** The host, as the caller wrote it, that led to this address. */
  hostOf(remote: net.SocketAddress): string;
}

export async function connectByWinsock(
  given: ResolvedEndpoints,
  call: Call,
): Promise<EngineResult> {
  const targets = planWinsock(given.all, call.settings.policy);
  const winsock: WinsockRequest = {
    name: 'WSAConnectByList',
    start: (timeout, mayUsePool, done) =>
      addon().connectByList?.(
        targets.map(({ address, port }) => `${address} ${port}`).join('\n'),
        timeout,
        mayUsePool,
        done,
      ),
    hostOf: (remote) => hostOf(remote, targets),
  };
  const endpoints = given.asked.length;
  return make(winsock, { endpoints, targets, earlier: given.rows() }, call);
}

/** @param endpoint a name that Windows shall resolve, or an address. */
export function connectNameByWinsock(endpoint: Endpoint, call: Call): Promise<EngineResult> {
  const { host, port } = endpoint;
  const winsock: WinsockRequest = {
    name: 'WSAConnectByName',
    start: (timeout, mayUsePool, done) =>
      addon().connectByName?.(host, String(port), timeout, mayUsePool, done),
    hostOf: () => host,
  };
  return make(winsock, { endpoints: 1, targets: [endpoint], earlier: [] }, call);
}

async function make(
  winsock: WinsockRequest,
  to: WinsockTargets,
  call: Call,
): Promise<EngineResult> {
  const { endpoints, targets, earlier } = to;
  const { settings, control } = call;
  const { timeout } = settings;
  const startsAt = elapsed(call);
  const timeLeft = timeout - startsAt;
  // Lookups have used all the time up: there is none to give to Winsock.
  if (timeLeft <= 0) {
    throw connectFailure({ endpoints, rows: rowsOf(earlier), timeout, untried: targets });
  }

  const startedAt = performance.now();
  const result = await run(winsock, timeLeft, control);
  const took = performance.now() - startedAt;
  if (result.socket < 0) {
    const step = STEPS[result.failedStep] ?? winsock.name;
    throw winsockFailure(wsaError(result.wsaCode), step, to, took);
  }
  const { local, remote } = result;
  return {
    engine: 'winsock',
    endpoints,
    recordHistory: () => undefined,
    failure: () => undefined,
    takeSocket: () => result.socket,
    readLocalAddress: () => local,
    readRemoteAddress: () => remote,
    readRows: () =>
      rowsOf([
        ...earlier,
        {
          host: winsock.hostOf(remote),
          port: remote.port,
          address: remote.address,
          localAddress: local.address,
          localPort: local.port,
          outcome: 'connected',
          code: undefined,
          cause: undefined,
          start: startsAt,
          end: startsAt + took,
        },
      ]),
  };
}

/**
 * Which function failed, where it was not the one that the call is for; the order is that of
 * CallResult::Step in src-native/winsock/winsock_call.h.
 */
const STEPS = [undefined, 'WSASocket', 'setsockopt', undefined, 'setsockopt'] as const;

interface CallResult {
  failedStep: number;
  wsaCode: number;
  socket: number;
  local: net.SocketAddress;
  remote: net.SocketAddress;
}

function run(
  winsock: WinsockRequest,
  timeLeft: number,
  control: CallControl | undefined,
): Promise<CallResult> {
  const native = addon();
  endCallsAtExit();
  return orAbort<CallResult>(control, (resolve, reject) => {
    const id = winsock.start(
      // A timeval counts microseconds, and one of zero has no documented meaning: 1 µs is the least (C12).
      Math.max(timeLeft, 0.001),
      // Two kinds of calls get a thread of their own and none of libuv's pool: those of a worker thread, because a
      // worker cannot end before its work in the pool returns; and those without a reference, because the process
      // waits for the pool.
      isMainThread && control?.isRef !== false,
      (failedStep, wsaCode, socket, localAddress, localPort, remoteAddress, remotePort) => {
        release?.();
        resolve({
          failedStep,
          wsaCode,
          socket,
          local: toSocketAddress(localAddress, localPort) as net.SocketAddress,
          remote: toSocketAddress(remoteAddress, remotePort) as net.SocketAddress,
        });
      },
    );
    if (!id) {
      // The function was exported when chooseEngine() looked.
      reject(notExported(winsock.name));
      return () => undefined;
    }
    const release = control?.onRefChange?.({
      setRef: (isRef) => native.setRefWinsock?.(id, isRef),
    });
    return () => native.abortWinsock?.(id);
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
  process.once('exit', () => addon().abortAllWinsock?.());
}

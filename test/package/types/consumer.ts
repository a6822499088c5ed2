// A program of somebody else's, compiled in every way that types are looked up. It is not run.

import type { LookupFunction, Socket, SocketAddress } from 'node:net';

import {
  connectByList,
  connectByName,
  ConnectError,
  History,
  sortAddressPairs,
  type AddressPair,
  type Attempt,
  type AttemptError,
  type Connection,
  type ConnectOptions,
  type EndpointLike,
  type Engine,
  type Outcome,
  type PairPolicy,
} from 'connect-by-list';

type IsAny<T> = 0 extends 1 & T ? true : false;
/** `true` where each is assignable to the other and neither is `any`. */
type Same<A, B> = [
  IsAny<A>,
  IsAny<B>,
  [A] extends [B] ? true : false,
  [B] extends [A] ? true : false,
];
type IsSame<T extends [false, false, true, true]> = T;

export type Checks = [
  IsSame<Same<Awaited<ReturnType<typeof connectByList>>, Connection>>,
  IsSame<Same<Awaited<ReturnType<typeof connectByName>>, Connection>>,
  IsSame<Same<Awaited<ReturnType<typeof sortAddressPairs>>, AddressPair[]>>,
  IsSame<Same<Connection['socket'], Socket>>,
  IsSame<Same<Connection['remoteAddress'], SocketAddress>>,
  IsSame<Same<Connection['attempts'], readonly Attempt[]>>,
  IsSame<Same<Connection['engine'], Engine>>,
  IsSame<Same<Attempt['outcome'], Outcome>>,
  IsSame<Same<Engine, 'winsock' | 'race'>>,
  IsSame<Same<ConnectError['errors'], AttemptError[]>>,
  IsSame<Same<ConnectError['code'], string>>,
];

declare const lookup: LookupFunction;
const policy: PairPolicy = (pairs) => [...pairs].reverse();
const options: ConnectOptions = {
  engine: 'race',
  timeout: 5_000,
  signal: new AbortController().signal,
  attemptDelay: Infinity,
  attemptTimeout: 1_000,
  policy,
  history: new History({ maxEntries: 10 }),
  lookup,
  noDelay: true,
};

export async function use(endpoint: EndpointLike): Promise<Socket> {
  const connection = await connectByList(new Set([endpoint, 'host:1']), options);
  const [best] = await sortAddressPairs(['[::1]:80', { host: 'name', port: 80 }]);
  if (best?.reachable === true) return (await connectByList([best.remote])).socket;
  await connectByName('name', 'https', { history: false });
  return connection.socket;
}

export function read(error: unknown): string | undefined {
  if (!(error instanceof ConnectError)) return undefined;
  return error.errors[0]?.address ?? error.wsaName;
}

export function refused(): void {
  // @ts-expect-error There is no such engine.
  void connectByList(['host:1'], { engine: 'both' });
  // @ts-expect-error An endpoint has a port.
  void connectByList([{ host: 'name' }]);
  // @ts-expect-error A misspelled option.
  void connectByList(['host:1'], { timeOut: 1 });
  // @ts-expect-error A connection is not changed.
  void connectByList(['host:1']).then((connection) => (connection.engine = 'race'));
}

// What the tests of connect-by-list/register look things up with, and how they see whether it was at work.

import * as diagnostics from 'node:diagnostics_channel';
import { once } from 'node:events';
import * as net from 'node:net';

import { register, unregister } from '#dist/register';
import type { TestServer } from './servers';

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}
export const V6: Address = { address: '::1', family: 6 };
export const V4: Address = { address: '127.0.0.1', family: 4 };

export type Answer = (error: Error | null, address: unknown, family?: number) => void;

/** A lookup that answers with these, as dns.lookup does. */
export function answering(...addresses: Address[]): net.LookupFunction {
  return (_, options, callback) => {
    const [first] = addresses as [Address];
    setImmediate(() => {
      if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

/** How many calls of ours there were. */
function countCalls(): { readonly count: () => number; stop(): void } {
  let calls = 0;
  const channel = diagnostics.tracingChannel('connect-by-list:connect');
  const none = (): void => undefined;
  const subscribers = {
    ...{ start: () => calls++, end: none, asyncStart: none, asyncEnd: none, error: none },
  };
  channel.subscribe(subscribers);
  return { count: () => calls, stop: () => channel.unsubscribe(subscribers) };
}

/** Importing the module has registered; from here on each test is, and nothing between them. Counts their calls. */
export function registeredInEachTest(): { readonly count: () => number } {
  unregister();
  let calls: ReturnType<typeof countCalls>;
  beforeEach(() => {
    register();
    calls = countCalls();
  });
  afterEach(() => {
    calls.stop();
    unregister();
  });
  return { count: () => calls.count() };
}

export async function connectedTo({ port }: TestServer, options: object): Promise<net.Socket> {
  const socket = net.connect({ port, ...options } as net.TcpSocketConnectOpts);
  await once(socket, 'connect');
  return socket;
}

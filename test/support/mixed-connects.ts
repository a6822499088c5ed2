// Connects of every kind and with every end, many at a time: what leaks, leaks here.

import { once } from 'node:events';
import type * as net from 'node:net';

import { connect, connectByList, type Connection, type ConnectOptions } from '#dist/index';

/** Endpoints as text: one that never answers, one that refuses, one that connects. */
export interface ResolvedEndpoints {
  readonly dead: string;
  readonly refused: string;
  readonly healthy: string;
}

export type Kinds = Readonly<Record<string, () => Promise<unknown>>>;

/**
 * @param races whether the engine cuts off at a deadline; with one that does not, the kinds that need it
 *   are left out.
 */
export function mixedKinds(
  { dead, refused, healthy }: ResolvedEndpoints,
  options: ConnectOptions,
  races: boolean,
): Kinds {
  const aborted = (most: number): ConnectOptions => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), Math.random() * most);
    return { ...options, signal: controller.signal };
  };
  // A history would have the silent one tried last.
  const quick: ConnectOptions = { ...options, attemptDelay: 10, history: false };
  return {
    'refused, then connected': () => connectByList([refused, healthy], options).then(close),
    'destroyed at once': () =>
      connectByList([healthy], options).then(({ socket }) => socket.destroy()),
    'used, then closed': () => connectByList([healthy], options).then(useAndClose),
    refused: () => connectByList([refused, refused], options),
    'aborted in the silence': () => connectByList([dead], aborted(10)),
    'aborted at any moment': () =>
      races
        ? connectByList([dead, healthy], { ...quick, ...aborted(20) }).then(close)
        : connectByList([healthy, healthy], aborted(2)).then(close),
    'a socket at once': () => connected(connect([refused, healthy], options)).then(close),
    'destroyed in its first turn': () => destroyed(connect([healthy], options)),
    'destroyed while connecting': async () => {
      const socket = connect([dead, refused], options);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
      return destroyed(socket);
    },
    ...(races && {
      'cut off': () => connectByList([dead, refused], { ...quick, timeout: 20 }),
      'won by the second': () => connectByList([dead, healthy], quick).then(close),
    }),
  };
}

/** How many of a kind connected, and how many did not. */
export interface Counts {
  fulfilled: number;
  rejected: number;
}

/** Makes this many connects, all kinds in turn, and tells how they ended. */
export async function connectMixed(
  count: number,
  atOnce: number,
  kinds: Kinds,
): Promise<Map<string, Counts>> {
  const names = Object.keys(kinds);
  const counts = new Map(names.map((name) => [name, { fulfilled: 0, rejected: 0 }]));
  let left = count;
  const lane = async (): Promise<void> => {
    while (left-- > 0) {
      const name = names[left % names.length] as string;
      const [{ status }] = await Promise.allSettled([kinds[name]?.()]);
      (counts.get(name) as Counts)[status]++;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return counts;
}

export function sumOf(counts: Map<string, Counts>): Counts {
  const sum = { fulfilled: 0, rejected: 0 };
  for (const { fulfilled, rejected } of counts.values()) {
    sum.fulfilled += fulfilled;
    sum.rejected += rejected;
  }
  return sum;
}

/** A socket that is connecting, when it has connected. */
async function connected(socket: net.Socket): Promise<{ socket: net.Socket }> {
  await once(socket, 'connect');
  return { socket };
}

/** It ends without having connected. */
async function destroyed(socket: net.Socket): Promise<never> {
  socket.destroy();
  await once(socket, 'close');
  throw new Error('It was destroyed');
}

async function close({ socket }: { socket: net.Socket }): Promise<void> {
  socket.destroy();
  await once(socket, 'close');
}

async function useAndClose({ socket }: Connection): Promise<void> {
  socket.end('hello');
  socket.resume();
  await once(socket, 'close');
}

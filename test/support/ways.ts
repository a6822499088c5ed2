// The two ways to a socket that is connecting, Node's and ours, for tests that run the same on both: what
// differs fails on one of them.

import * as net from 'node:net';

import { connect, type SocketConnectOptions } from '#dist/index';
import type { EngineUnderTest } from './engine';

/** What both ways take. */
export type CommonOptions = Pick<
  SocketConnectOptions,
  | 'allowHalfOpen'
  | 'blockList'
  | 'family'
  | 'highWaterMark'
  | 'keepAlive'
  | 'keepAliveInitialDelay'
  | 'localAddress'
  | 'localPort'
  | 'lookup'
  | 'noDelay'
  | 'onread'
  | 'signal'
>;

export interface Way {
  readonly name: 'net.connect' | 'connect';
  readonly connect: (
    to: { host: string; port: number },
    options?: CommonOptions,
    listener?: () => void,
  ) => net.Socket;
  /** The text of a program that makes the same function, `connect`. */
  readonly program: string;
}

export function waysToConnect({ engine, options, preamble }: EngineUnderTest): [Way, Way] {
  const plain: Way = {
    name: 'net.connect',
    connect: ({ host, port }, more, listener) => net.connect({ ...more, host, port }, listener),
    program: `
      const net = require('node:net');
      const connect = (to, more, listener) => net.connect({ ...more, ...to }, listener);
    `,
  };
  const list: Way = {
    name: 'connect',
    connect: ({ host, port }, more, listener) =>
      connect([{ host, port }], { ...options, ...more }, listener),
    program: `
      const net = require('node:net');
      ${preamble}
      const connect = (to, more, listener) =>
        require('./dist').connect([to], { engine: '${engine}', ...more }, listener);
    `,
  };
  return [plain, list];
}

// Attempts and calls that never were, for what is drawn of them.

import * as net from 'node:net';

import type { Report } from '#dist/cli/report';
import { rowsOf } from '#dist/attempts/attempt';
import { ConnectError, type Attempt } from '#dist/index';

export function address(text: string, port: number): net.SocketAddress {
  return new net.SocketAddress({
    address: text,
    port,
    family: net.isIPv6(text) ? 'ipv6' : 'ipv4',
  });
}

/** 192.0.2.1:443, refused after 5 ms, but for what is said otherwise. */
export function attempt(given: Partial<Attempt> = {}): Attempt {
  const { host = '192.0.2.1', port = 443 } = given;
  return {
    host,
    port,
    remoteAddress: net.isIP(host) ? address(host, port) : address('192.0.2.1', port),
    localAddress: undefined,
    outcome: 'failed',
    code: given.outcome === undefined ? 'ECONNREFUSED' : undefined,
    start: 0,
    end: 5,
    ...given,
  };
}

/** A call of the race engine that connected to nothing, but for what is said otherwise. */
export function report(attempts: readonly Attempt[], given: Partial<Report> = {}): Report {
  return {
    endpoints: attempts.map(({ host, port }) =>
      host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
    ),
    engine: 'race',
    connection: undefined,
    error: new ConnectError({
      message: 'made up',
      code: 'ECONNREFUSED',
      syscall: 'connect',
      makeErrors: () => [],
      rows: rowsOf([]),
    }),
    attempts,
    ms: Math.max(0, ...attempts.map(({ end }) => end)),
    ...given,
  };
}

export const connection = {
  localAddress: address('192.0.2.100', 50_000),
  remoteAddress: address('192.0.2.1', 443),
};

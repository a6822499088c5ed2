// What the kernel of Linux says of a connection.

import * as fs from 'node:fs';
import type * as net from 'node:net';

/** In /proc/net/tcp the timer "02" of an idle connection is the keep-alive's. */
export function keepAliveTimerOf(socket: net.Socket): boolean {
  const hex = (port: number | undefined): string =>
    (port ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const pair = new RegExp(`:${hex(socket.localPort)} [0-9A-F]+:${hex(socket.remotePort)} `);
  const line = fs
    .readFileSync('/proc/net/tcp', 'latin1')
    .split('\n')
    .find((text) => pair.test(text));
  if (line === undefined) throw new Error('the kernel does not list the connection');
  return line.trim().split(/\s+/)[5]?.startsWith('02:') === true;
}

// What a socket says, in the order in which it says it.

import type * as net from 'node:net';
import { types } from 'node:util';

/** All that a net.Socket tells of itself, but for the attempts of which Winsock says nothing. */
const EVENTS = [
  'connect',
  'ready',
  'timeout',
  'data',
  'end',
  'finish',
  'drain',
  'error',
  'close',
] as const;

/** Fills while the socket speaks: the event's name, and its argument where it is data, an error, or a yes or no. */
export function transcriptOf(socket: net.Socket): string[] {
  const said: string[] = [];
  for (const event of EVENTS) {
    socket.on(event, (argument?: unknown) => {
      // Node's errors are of a realm outside of jest's.
      if (types.isNativeError(argument)) said.push(`${event} ${codeOf(argument)}`);
      else if (Buffer.isBuffer(argument)) said.push(`${event} ${argument.toString()}`);
      else said.push(typeof argument === 'boolean' ? `${event} ${argument}` : event);
    });
  }
  return said;
}

function codeOf(error: NodeJS.ErrnoException): string {
  return error.code ?? error.message;
}

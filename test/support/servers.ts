// Endpoints of the tests' own, all on loopback.

import { once } from 'node:events';
import * as net from 'node:net';

import { ownPort } from './ports';

export interface TestServer {
  readonly host: string;
  readonly port: number;
  /** The connections it has accepted and that are still open. */
  readonly sockets: ReadonlySet<net.Socket>;
  /** The next connection that it accepts. */
  accepted(): Promise<net.Socket>;
  close(): Promise<void>;
}

/** A server that hands every connection to `serve`; without one it reads and forgets. */
export async function serve(
  host = '127.0.0.1',
  serveSocket: (socket: net.Socket) => void = (socket) => socket.resume(),
  options: net.ServerOpts & { port?: number } = {},
): Promise<TestServer> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer(options, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    serveSocket(socket);
  });
  // Not any port: a test may look at the same one of the other family, or at this one when it is closed.
  const port = options.port ?? (await ownPort());
  server.listen({ host, port, backlog: 1024 });
  await once(server, 'listening');
  return {
    host,
    port,
    sockets,
    accepted: async () => {
      const [socket] = (await once(server, 'connection')) as [net.Socket];
      return socket;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A server that sends back what it reads. */
export function serveEcho(host?: string, port?: number): Promise<TestServer> {
  const options = { allowHalfOpen: true, ...(port !== undefined && { port }) };
  return serve(host, (socket) => socket.pipe(socket), options);
}

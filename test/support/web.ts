// Web servers of the tests' own, and requests to them.

import { once } from 'node:events';
import * as http from 'node:http';
import type * as net from 'node:net';

/** What a request came with. */
export interface Seen {
  url: string | undefined;
  host: string | undefined;
  from: string | undefined;
  servername: string | undefined;
}

export interface WebServer {
  readonly at: string;
  /** The connections that are open. */
  readonly sockets: ReadonlySet<net.Socket>;
  /** How many there have been. */
  connections(): number;
  close(): Promise<void>;
}

/** A server that answers with what it has seen of the request; not at all where the path is /never. */
async function serveWeb(server: http.Server): Promise<WebServer> {
  const sockets = new Set<net.Socket>();
  let connections = 0;
  server.on('connection', (socket: net.Socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('request', (request: http.IncomingMessage, response: http.ServerResponse) => {
    if (request.url === '/never') return;
    const { url, headers, socket } = request;
    const { servername } = socket as { servername?: string };
    const seen: Seen = { url, host: headers.host, from: socket.remoteAddress, servername };
    response.end(JSON.stringify(seen));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  return {
    at: `127.0.0.1:${port}`,
    sockets,
    connections: () => connections,
    close: async () => {
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export async function answerOf(request: http.ClientRequest): Promise<Seen> {
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return JSON.parse(text) as Seen;
}

export async function errorOf(request: http.ClientRequest): Promise<NodeJS.ErrnoException> {
  const [error] = (await once(request, 'error')) as [NodeJS.ErrnoException];
  return error;
}

/** What is made by these is closed after each test. */
export function closedAfterEach(): {
  readonly ends: (() => unknown)[];
  readonly web: (server: http.Server) => Promise<WebServer>;
  readonly used: <T extends http.Agent>(agent: T) => T;
} {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  return {
    ends,
    web: async (server) => {
      const made = await serveWeb(server);
      ends.push(() => made.close());
      return made;
    },
    used: (agent) => {
      ends.push(() => agent.destroy());
      return agent;
    },
  };
}

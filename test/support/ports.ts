// Ports that nobody else takes while a test uses them. One that "was free a moment ago" is not among them: the
// system hands it to the next program that asks for any.

import { once } from 'node:events';
import * as fs from 'node:fs';
import * as net from 'node:net';

const LOOPBACK = ['127.0.0.1', '::1'];

/** Most systems hand out ports from here on, or from further above (RFC 6335 section 6: from 49152). */
const DEFAULT_EPHEMERAL = [32_768, 65_535] as const;
/** Where there are services for other machines' use, or of this machine's own, that we leave alone. */
const FIRST_UNPRIVILEGED = 10_000;

/** What connect() and listen() with port 0 choose from. */
function ephemeralRange(): readonly [first: number, last: number] {
  try {
    const text = fs.readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'latin1');
    const [first = NaN, last = NaN] = text.trim().split(/\s+/).map(Number);
    return Number.isInteger(first) && Number.isInteger(last) ? [first, last] : DEFAULT_EPHEMERAL;
  } catch {
    return DEFAULT_EPHEMERAL;
  }
}

/** Each of jest's workers has ports of its own, for as many workers as this. */
const WORKERS = 16;
const WORKER = Number(process.env.JEST_WORKER_ID ?? 0) % WORKERS;

/** Ports that no system hands out, those of this worker. */
function* ownPorts(): Generator<number> {
  const [first, last] = ephemeralRange();
  const ports: number[] = [];
  for (let port = FIRST_UNPRIVILEGED + WORKER; port < 65_536; port += WORKERS) {
    if (port < first || port > last) ports.push(port);
  }
  if (ports.length === 0) throw new Error(`The system hands out every port from ${first} on`);
  // Beginning by chance, so that two runs on one machine hardly meet.
  const start = Math.floor(Math.random() * ports.length);
  for (let i = 0; i < ports.length; i++) yield ports[(start + i) % ports.length] as number;
}

const unused = ownPorts();

/** A port to listen at, or to connect from, on loopback: nobody uses it in either family, and none is given it. */
export async function ownPort(): Promise<number> {
  for (const port of { [Symbol.iterator]: () => ({ next: () => unused.next() }) }) {
    const answers = await Promise.all(LOOPBACK.map((host) => canListen(host, port)));
    if (answers.every(Boolean)) return port;
  }
  throw new Error('Every port is in use');
}

/** True where the host has no such address. */
async function canListen(host: string, port: number): Promise<boolean> {
  const server = net.createServer();
  const listening = new Promise<boolean>((resolve) => {
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'EADDRINUSE'));
    server.listen({ host, port }, () => resolve(true));
  });
  const can = await listening;
  if (server.listening) await new Promise((resolve) => server.close(resolve));
  return can;
}

/** From low to high, and round again: nobody but root listens below 1024, and no system hands these out. */
let nextPrivileged = 0;

/**
 * Ports where nobody listens, and where nobody will: connecting to one is refused. Each call has others, as long as
 * they last.
 */
export async function refusingPorts(count: number, host = '127.0.0.1'): Promise<number[]> {
  const found: number[] = [];
  for (let tries = 0; found.length < count && tries < 1023; tries++) {
    const port = 1 + (nextPrivileged++ % 1023);
    if (await refuses(host, port)) found.push(port);
  }
  if (found.length < count) throw new Error(`Fewer than ${count} ports of ${host} refuse`);
  return found;
}

export async function refusingPort(host?: string): Promise<number> {
  const [port] = await refusingPorts(1, host);
  return port as number;
}

async function refuses(host: string, port: number): Promise<boolean> {
  const socket = net.connect({ host, port });
  try {
    await once(socket, 'connect');
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
  } finally {
    socket.destroy();
  }
}

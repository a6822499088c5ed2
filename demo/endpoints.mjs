// Local endpoints of every kind for the demo: one refuses, one never answers, two are healthy.

import { once } from 'node:events';
import net from 'node:net';
import { Worker } from 'node:worker_threads';

/**
 * In the order in which they are tried: IPv6 goes first and the families take turns (RFC 6724, RFC 8305),
 * so every other one is IPv6 where this machine has it.
 */
export async function startEndpoints() {
  const six = (await hasIPv6()) ? '::1' : '127.0.0.1';
  return [
    await startRefusing(six),
    await startSilent('127.0.0.1'),
    await startHealthy(six, `healthy, ${six === '::1' ? 'IPv6' : 'IPv4'}`),
    await startHealthy('127.0.0.1', 'healthy, IPv4'),
  ];
}

/**
 * A port below 1024 where nobody listens. One that was free a moment ago would not do: the system hands it to the next
 * program that asks for any.
 */
async function startRefusing(host) {
  for (let port = 1; port < 1024; port++) {
    if (await refuses(host, port)) return { host, port, what: 'refuses', close() {} };
  }
  throw new Error(`Somebody listens at each of the ports 1 to 1023 of ${host}`);
}

function refuses(host, port) {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port }, () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', ({ code }) => resolve(code === 'ECONNREFUSED'));
  });
}

async function startHealthy(host, what) {
  const server = net.createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (text) => socket.write(`"${text}" received on ${host}`));
  });
  server.listen({ host, port: 0 });
  await once(server, 'listening');
  return { host, port: server.address().port, what, close: () => server.close() };
}

/**
 * A listener that does not accept, with its queue full: the system drops every further SYN, as a host
 * does that is switched off.
 */
export async function startSilent(host, port = 0) {
  const gate = new SharedArrayBuffer(4);
  const listener = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     const { gate, host, port } = workerData;
     const server = require('node:net').createServer((socket) => socket.on('error', () => {}));
     server.listen({ host, port, backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       setImmediate(() => Atomics.wait(new Int32Array(gate), 0, 0, 60_000));
     });`,
    { eval: true, workerData: { gate, host, port } },
  );
  const [listening] = await once(listener, 'message');
  // libuv keeps 32 accepts ready on Windows; elsewhere the queue holds two.
  const count = process.platform === 'win32' ? 40 : 4;
  const fillers = Array.from({ length: count }, () =>
    net.connect({ host, port: listening }).on('error', () => {}),
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  return {
    host,
    port: listening,
    what: 'never answers',
    /** From now on it accepts: what was dropped comes again, a second after it was sent first. */
    wake() {
      Atomics.store(new Int32Array(gate), 0, 1);
      Atomics.notify(new Int32Array(gate), 0);
    },
    close() {
      for (const filler of fillers) filler.destroy();
      void listener.terminate();
    },
  };
}

export async function hasIPv6() {
  try {
    (await startHealthy('::1', '')).close();
    return true;
  } catch {
    return false;
  }
}

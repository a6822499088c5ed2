// An endpoint that never answers: a listener whose queue of connections is full and whose process does
// not accept, so that the kernel drops every further SYN. It listens on loopback, in a worker thread that
// sleeps. Once released it accepts again, and the SYN that TCP sends anew after a second gets through.

import { once } from 'node:events';
import * as net from 'node:net';
import { Worker } from 'node:worker_threads';

import { ownPort } from './ports';

export interface Blackhole {
  readonly host: string;
  readonly port: number;
  /** Lets it accept from now on. May be called while this thread's loop is held. */
  release(): void;
  close(): Promise<void>;
}

const SLEEPING_LISTENER = `
  const net = require('node:net');
  const { parentPort, workerData } = require('node:worker_threads');
  const gate = new Int32Array(workerData.gate);
  const server = net.createServer((socket) => socket.on('error', () => {}).resume());
  server.listen({ host: workerData.host, port: workerData.port, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    // The message is on its way; from here on nobody accepts. Ten minutes outlast any test.
    setImmediate(() => Atomics.wait(gate, 0, 0, 600_000));
  });
`;

// libuv keeps 32 accepts waiting on Windows whether the loop turns or not.
const FILLERS = process.platform === 'win32' ? 64 : 6;
const QUIET_MS = 500;

export async function blackhole(host = '127.0.0.1', wanted?: number): Promise<Blackhole> {
  const gate = new SharedArrayBuffer(4);
  const worker = new Worker(SLEEPING_LISTENER, {
    eval: true,
    workerData: { gate, host, port: wanted ?? (await ownPort()) },
  });
  const [port] = (await once(worker, 'message')) as [number];
  const fillers = await fill(host, port);
  const release = (): void => {
    Atomics.store(new Int32Array(gate), 0, 1);
    Atomics.notify(new Int32Array(gate), 0);
  };
  return {
    host,
    port,
    release,
    async close() {
      release();
      for (const filler of fillers) filler.destroy();
      await worker.terminate();
    },
  };
}

/** Connects until nobody gets in any more: those that did hold the queue, the others are given up. */
async function fill(host: string, port: number): Promise<net.Socket[]> {
  let lastIn = Date.now();
  const inside: net.Socket[] = [];
  const outside = new Set<net.Socket>();
  for (let i = 0; i < FILLERS; i++) {
    const socket = net.connect({ host, port });
    outside.add(socket);
    socket.on('error', () => outside.delete(socket));
    socket.on('connect', () => {
      lastIn = Date.now();
      outside.delete(socket);
      inside.push(socket);
    });
  }
  while (Date.now() - lastIn < QUIET_MS) await new Promise((resolve) => setTimeout(resolve, 50));
  if (outside.size === 0) throw new Error(`${FILLERS} connections did not fill ${host}:${port}`);
  for (const socket of outside) socket.destroy();
  return inside;
}

// --all: the state of each endpoint, and not only of the one that wins. Each is connected to, and closed at once.

import type * as net from 'node:net';
import * as tls from 'node:tls';

import { connectByList, ConnectError, type ConnectOptions, type EndpointLike } from '../index';
import { formatEndpoint, plainAddress, toMicrosecond } from './report';
import { formatMs, plain, shorten, wrap } from './text';

/** What came of the attempts to reach one endpoint. */
export interface State {
  /** As it was written. */
  readonly endpoint: string;
  /** Of each attempt that connected, in ms from its start. */
  readonly times: number[];
  /** How many did not. */
  failures: number;
  /** Of the last attempt. */
  last: Result;
}

interface Result {
  readonly ms: number;
  readonly remoteAddress?: ReturnType<typeof plainAddress> | undefined;
  readonly error?: { readonly code: string; readonly message: string } | undefined;
  readonly tls?: Certificate | undefined;
}

interface Certificate {
  readonly protocol: string | null;
  readonly name: string | null;
  readonly daysLeft: number | null;
}

/** Each holds a descriptor, and a place in the resolver. */
const MAX_AT_ONCE = 64;
const MS_PER_DAY = 86_400_000;

export class Every {
  readonly states: State[];

  constructor(
    private readonly endpoints: readonly EndpointLike[],
    private readonly options: ConnectOptions,
  ) {
    this.states = endpoints.map((endpoint) => ({
      endpoint: typeof endpoint === 'string' ? endpoint : formatEndpoint(endpoint as never),
      times: [],
      failures: 0,
      last: { ms: 0 },
    }));
  }

  /** Whether all answered in the last round. */
  get areConnected(): boolean {
    return this.states.every(({ last }) => last.error === undefined);
  }

  /** Connects to each once, at most 64 at a time. */
  async round(): Promise<void> {
    const queue = this.endpoints.keys();
    const work = async (): Promise<void> => {
      for (const index of queue) await this.tryOne(index);
    };
    await Promise.all(Array.from({ length: MAX_AT_ONCE }, work));
  }

  private async tryOne(index: number): Promise<void> {
    const state = this.states[index] as State;
    const startedAt = performance.now();
    try {
      // A history would put those behind that are asked for here.
      const endpoint = this.endpoints[index] as EndpointLike;
      const { socket, remoteAddress, attempts } = await connectByList([endpoint], {
        ...this.options,
        history: false,
      });
      const won = attempts.find(({ outcome }) => outcome === 'connected');
      const ms = won ? won.end - won.start : performance.now() - startedAt;
      state.last = {
        ms: toMicrosecond(ms),
        remoteAddress: plainAddress(remoteAddress),
        tls: certificateOf(socket),
      };
      state.times.push(state.last.ms);
      socket.destroy();
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      const { code, message } = error;
      state.failures++;
      state.last = { ms: toMicrosecond(performance.now() - startedAt), error: { code, message } };
    }
  }
}

/** What a TLS server has shown of itself; undefined where there is no TLS. */
function certificateOf(socket: net.Socket): Certificate | undefined {
  if (!(socket instanceof tls.TLSSocket)) return undefined;
  const { subject, valid_to: validTo } =
    socket.getPeerCertificate() as Partial<tls.PeerCertificate>;
  const until = Date.parse(validTo ?? '');
  const { CN: name } = (subject ?? {}) as { CN?: string | string[] };
  return {
    protocol: socket.getProtocol(),
    name: (Array.isArray(name) ? name[0] : name) ?? null,
    daysLeft: Number.isNaN(until) ? null : Math.floor((until - Date.now()) / MS_PER_DAY),
  };
}

/** A row for each endpoint, and a line with how many answered. */
export function drawEvery(states: readonly State[], width: number): string {
  const rows = states.map((state) => [
    plain(state.endpoint),
    plain(state.last.error ? state.last.error.code : 'answers'),
    formatMs(state.last.ms),
    plain(detailsOf(state)),
  ]);
  const count = states.filter(({ last }) => last.error === undefined).length;
  const summary = `${count} of ${states.length} ${count === 1 ? 'answers' : 'answer'}.`;
  return [...inColumns(rows, width), ...wrap(summary, width)].join('\n');
}

const GAP = '  ';

/** The endpoint gives way where the lines would be too long, and keeps its port. */
function inColumns(rows: readonly string[][], width: number): string[] {
  const widths = [0, 1, 2].map((at) => Math.max(...rows.map((row) => (row[at] as string).length)));
  const [ofEndpoint, ofState, ofTime] = widths as [number, number, number];
  const room = Math.max(4, width - ofState - ofTime - 2 * GAP.length);
  const first = Math.min(ofEndpoint, room);
  return rows.map(([endpoint = '', state = '', time = '', details = '']) => {
    const cells = [shorten(endpoint, first).padEnd(first), state.padEnd(ofState)];
    const line = [...cells, time.padStart(ofTime), details].join(GAP).trimEnd();
    return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`;
  });
}

function detailsOf({ last, times, failures }: State): string {
  const { tls: certificate } = last;
  const parts: string[] = [];
  if (times.length + failures > 1) {
    const loss = Math.round((failures / (times.length + failures)) * 100);
    if (times.length > 0) {
      const mean = times.reduce((sum, ms) => sum + ms, 0) / times.length;
      const figures = [Math.min(...times), mean, Math.max(...times)];
      parts.push(`min/avg/max ${figures.map((ms) => ms.toFixed(1)).join('/')} ms`);
    }
    parts.push(`${loss} % lost`);
  }
  if (certificate) {
    const { protocol, name, daysLeft } = certificate;
    parts.push(protocol ?? 'TLS', name ?? 'no name', `${daysLeft ?? '?'} days left`);
  }
  return parts.join(', ');
}

/** docs/command.md describes it. */
export function everyToJson(states: readonly State[]): string {
  const object = {
    connected: states.every(({ last }) => last.error === undefined),
    endpoints: states.map(({ endpoint, times, failures, last }) => ({
      endpoint,
      connected: last.error === undefined,
      ms: last.ms,
      remoteAddress: last.remoteAddress ?? null,
      error: last.error ?? null,
      tls: last.tls ?? null,
      times,
      failures,
    })),
  };
  return JSON.stringify(object, null, 2);
}

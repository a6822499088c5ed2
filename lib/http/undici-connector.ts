// A connector for undici, and so for fetch: new Agent({ connect: connector(endpoints) }).

import * as net from 'node:net';
import * as tls from 'node:tls';

import { connectByList } from '../connect-by-list';
import { readOptions, type ConnectOptions } from '../options/options';
import { secureConnected } from '../sockets/secure-connected';
import { handshakeTimedOut } from '../util/argument-errors';
import { startDeadline } from '../util/deadline';
import { keepLatest } from '../util/keep-latest';
import { nextTick } from '../util/timers';
import { readEndpointsFor, readRaceUntil, type EndpointsFor, type RaceUntil } from './requests';

/** What undici asks a connector for. */
export interface ConnectorRequest {
  /** The host of the URL, an IPv6 address in brackets. */
  hostname: string;
  /** 'http:' or 'https:'. */
  protocol: string;
  /** The port of the URL; '' where that has none. */
  port: string;
  /** The name that TLS asks for, where undici was given one. */
  servername?: string | null | undefined;
  /** Where to connect from, where undici was given it. */
  localAddress?: string | null | undefined;
  /** Whether HTTP/2 may be negotiated, where undici was told. */
  allowH2?: boolean | undefined;
}

/** The options of connectByList(), with undici's defaults, and `raceUntil`. */
export interface ConnectorOptions extends ConnectOptions {
  /** For `https:`: what tls.connect() takes. `servername` is the request's unless it is given. */
  tls?: tls.ConnectionOptions | undefined;
  /** For `https:`: when an attempt has won. Defaults to `'secureConnect'`; with an explicit `engine: 'winsock'` to `'connect'`. */
  raceUntil?: RaceUntil | undefined;
}

type Connected = (
  ...answer: [error: null, socket: net.Socket] | [error: Error, socket: null]
) => void;

/** undici's defaults, which it does not apply to custom connectors; times in ms. */
const DEFAULTS = {
  timeout: 10_000,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: 60_000,
} as const;

/**
 * What `connect` of an undici Agent, Pool or Client can be, so that its connections go to whichever endpoint
 * of a list answers: `fetch(url, { dispatcher: new Agent({ connect: connector(endpoints) }) })`. The URL
 * still decides the Host header and the name in the certificate.
 *
 * HTTP/2 is negotiated as undici asks for it, and TLS sessions are reused.
 *
 * @example
 * ```ts
 * const dispatcher = new Agent({ connect: connector(['192.0.2.1:443', '192.0.2.2:443']) });
 * await fetch('https://api.example/', { dispatcher });
 * ```
 * @param endpoints as for connectByList(); or a function that returns those for one request.
 * @param options see ConnectorOptions. Defaults that are undici's: `timeout` 10,000 ms, handshake included;
 *   `noDelay`; `keepAlive` after 60,000 ms.
 * @throws TypeError or RangeError with Node's `ERR_*` code when an argument is bad.
 */
export function connector(
  endpoints: EndpointsFor<ConnectorRequest>,
  options: ConnectorOptions = {},
): (request: ConnectorRequest, connected: Connected) => net.Socket {
  const endpointsFor = readEndpointsFor(endpoints);
  const { raceUntil: asked, tls: tlsOptions, ...connectOptions } = { ...DEFAULTS, ...options };
  const raceUntil = readRaceUntil(asked, connectOptions);
  const { timeout } = readOptions(connectOptions);
  const sessions = new Sessions();

  async function make(
    request: ConnectorRequest,
    signal: AbortSignal,
    allowsH2: () => boolean,
  ): Promise<net.Socket> {
    const calledAt = performance.now();
    await Promise.resolve(); // undici looks at what the connector returns before anything else happens.
    const list = endpointsFor(request);
    const localAddress = request.localAddress ?? connectOptions.localAddress;
    const plain: ConnectOptions = { ...connectOptions, localAddress, signal };
    if (request.protocol !== 'https:') return (await connectByList(list, plain)).socket;

    const shake = (tcp: net.Socket): tls.TLSSocket => {
      const ALPNProtocols = allowsH2() ? ['http/1.1', 'h2'] : ['http/1.1'];
      const secure = { ALPNProtocols, ...nameOf(request), ...tlsOptions };
      return sessions.connect(secure, tcp);
    };
    if (raceUntil === 'secureConnect') {
      const handshake: ConnectOptions['handshake'] = (tcp, _, context) =>
        secureConnected(shake(tcp), context.signal);
      return (await connectByList(list, { ...plain, handshake })).socket;
    }
    const { socket } = await connectByList(list, plain);
    const secure = shake(socket);
    const left = Math.max(timeout - (performance.now() - calledAt), 0);
    const deadline = startDeadline(left, () => void secure.destroy(handshakeTimedOut(timeout)));
    secure.once('close', () => deadline.clear());
    return secureConnected(secure, signal).finally(() => deadline.clear());
  }

  return (request, connected) => {
    const { signal: callers } = connectOptions;
    const ended = new AbortController();
    const signal = callers ? AbortSignal.any([callers, ended.signal]) : ended.signal;
    let isUndici8 = false;
    const placeholder = makePlaceholder(() => (isUndici8 = true));
    placeholder.once('close', () => ended.abort(placeholder.errored ?? new Error('destroyed')));
    const allowsH2 = (): boolean => request.allowH2 ?? isUndici8;
    // In a turn of its own: what undici throws there is no rejected promise.
    make(request, signal, allowsH2).then(
      (socket) => nextTick(connected, null, socket),
      (error: unknown) => nextTick(connected, error, null),
    );
    return placeholder;
  };
}

/**
 * What the connector returns: undici 8 ends an attempt by destroying it. It reads `pipe` to know whether it can,
 * which older versions do not; and it is the first version that allows HTTP/2 by default, so that reading `pipe`
 * tells the version.
 *
 * @param lookedAt is called when it does.
 */
function makePlaceholder(lookedAt: () => void): net.Socket {
  const placeholder = new net.Socket();
  const pipe: unknown = net.Socket.prototype.pipe.bind(placeholder);
  const get = (): unknown => {
    lookedAt();
    return pipe;
  };
  return Object.defineProperty(placeholder, 'pipe', { get });
}

/** The name that the certificate has to be for, and that TLS asks for where it is no address. */
function nameOf({ hostname, servername }: ConnectorRequest): tls.ConnectionOptions {
  const host = hostname.replace(/^\[|\]$/g, '');
  const name = servername ?? (net.isIP(host) === 0 ? host : undefined);
  return { host, ...(name !== undefined && { servername: name }) };
}

/** TLS sessions of the servers talked to lately, as undici's own connector keeps them. */
class Sessions {
  private readonly kept = new Map<string, Buffer>();

  connect(options: tls.ConnectionOptions, tcp: net.Socket): tls.TLSSocket {
    const key = `${options.servername ?? ''} ${tcp.remoteAddress ?? ''} ${tcp.remotePort ?? 0}`;
    const session = this.kept.get(key);
    const socket = tls.connect({ ...(session && { session }), ...options, socket: tcp });
    return socket.on('session', (made: Buffer) => {
      keepLatest(this.kept, key, made, MAX_SESSIONS);
    });
  }
}

/** As in undici. */
const MAX_SESSIONS = 100;

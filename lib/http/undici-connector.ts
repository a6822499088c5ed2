// A connector for undici, and so for fetch: new Agent({ connect: connector(endpoints) }).

import * as net from 'node:net';
import * as tls from 'node:tls';

import { connectByList } from '../connect-by-list';
import { readOptions, type ConnectOptions } from '../options/options';
import { handshakeTimedOut } from '../util/argument-errors';
import { startDeadline } from '../util/deadline';
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
  servername?: string | null;
  /** Where to connect from, where undici was given it. */
  localAddress?: string | null;
}

/** The options of connectByList(), with undici's defaults, and `raceUntil`. */
export interface ConnectorOptions extends ConnectOptions {
  /** For `https:`: what tls.connect() takes. `servername` is the request's unless it is given. */
  tls?: tls.ConnectionOptions;
  /** For `https:`: when an attempt has won. Default: `'connect'`. */
  raceUntil?: RaceUntil;
}

type Connected = (
  ...answer: [error: null, socket: net.Socket] | [error: Error, socket: null]
) => void;

/** undici's own, which it does not apply to a connector that it is given; times in ms. */
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
 * @param endpoints as for connectByList(); or a function that answers with those for one request.
 * @param options see ConnectorOptions. Defaults that are undici's: `timeout` 10,000 ms, handshake included;
 *   `noDelay`; `keepAlive` after 60,000 ms.
 * @throws TypeError or RangeError with Node's `ERR_*` code when an argument is bad.
 */
export function connector(
  endpoints: EndpointsFor<ConnectorRequest>,
  options: ConnectorOptions = {},
): (request: ConnectorRequest, connected: Connected) => void {
  const endpointsFor = readEndpointsFor(endpoints);
  const { raceUntil: asked, tls: tlsOptions, ...connectOptions } = { ...DEFAULTS, ...options };
  const raceUntil = readRaceUntil(asked);
  const { timeout } = readOptions(connectOptions);

  async function make(request: ConnectorRequest): Promise<net.Socket> {
    const list = endpointsFor(request);
    const { localAddress } = request;
    const plain: ConnectOptions = { ...connectOptions, ...(localAddress && { localAddress }) };
    if (request.protocol !== 'https:') return (await connectByList(list, plain)).socket;

    const secure = { ALPNProtocols: ['http/1.1'], ...nameOf(request), ...tlsOptions };
    if (raceUntil === 'secureConnect') {
      return (await connectByList(list, { ...plain, tls: secure })).socket;
    }
    const calledAt = performance.now();
    const { socket } = await connectByList(list, plain);
    const left = timeout - (performance.now() - calledAt);
    return shakeHands(tls.connect({ ...secure, socket }), Math.max(left, 0), timeout);
  }

  return (request, connected) => {
    // In a turn of its own: what undici throws there is no rejected promise.
    make(request).then(
      (socket) => process.nextTick(connected, null, socket),
      (error: unknown) => process.nextTick(connected, error, null),
    );
  };
}

/** The name that the certificate has to be for, and that TLS asks for where it is no address. */
function nameOf({ hostname, servername }: ConnectorRequest): tls.ConnectionOptions {
  const host = hostname.replace(/^\[|\]$/g, '');
  const name = servername ?? (net.isIP(host) === 0 ? host : undefined);
  return { host, ...(name !== undefined && { servername: name }) };
}

/** @param left what is left of `timeout`, in ms. */
function shakeHands(socket: tls.TLSSocket, left: number, timeout: number): Promise<tls.TLSSocket> {
  return new Promise((resolve, reject) => {
    const deadline = startDeadline(left, () => {
      socket.destroy(handshakeTimedOut(timeout));
    });
    socket.once('error', reject);
    socket.once('close', () => deadline.clear());
    socket.once('secureConnect', () => {
      deadline.clear();
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

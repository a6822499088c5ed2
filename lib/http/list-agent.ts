// Agents for http and https whose connections go to whichever endpoint of a list answers. What a request
// asks for (its Host header, its server name in TLS, its place in the pool) stays as it is.

import * as http from 'node:http';
import * as https from 'node:https';
import * as net from 'node:net';
import type { Duplex } from 'node:stream';
import type * as tls from 'node:tls';

import { connect, type SocketConnectOptions } from '../connect';
import { connectByList } from '../connect-by-list';
import type { EndpointList } from '../endpoints/endpoints';
import { readOptions, type ConnectOptions } from '../options/options';
import { secureConnected } from '../sockets/secure-connected';
import { invalidArgValue, socketHangUp } from '../util/argument-errors';
import { nextTick } from '../util/timers';
import { PendingRequest } from './pending-request';
import {
  announceLookup,
  optionsOfRequest,
  readEndpointsFor,
  readRaceUntil,
  type EndpointsFor,
  type RaceUntil,
} from './requests';

/** The options of http.Agent, and how to connect. */
export interface ListAgentOptions extends http.AgentOptions {
  /**
   * How to connect. What the agent's own options or a request say of it (`localAddress`, `family`, `lookup`,
   * `blockList` and so on) comes first.
   */
  connect?: SocketConnectOptions | undefined;
}

/** The options of https.Agent, and how to connect. */
export interface TlsListAgentOptions extends https.AgentOptions {
  /** How to connect, as in ListAgentOptions. `timeout` defaults to 10,000 ms with `'secureConnect'`. */
  connect?: SocketConnectOptions | undefined;
  /** When an attempt has won. Defaults to `'secureConnect'`; with an explicit `engine: 'winsock'` to `'connect'`. */
  raceUntil?: RaceUntil | undefined;
}

/** What a function that returns the endpoints for one request is called with. */
export interface AgentRequest extends Omit<http.ClientRequestArgs, 'host' | 'port'> {
  /** The host of the URL. */
  host: string;
  /** The port of the URL, or the default one of its protocol. */
  port: number;
}

/** What createConnection() calls when it has not answered with a socket. */
type Created = (error: Error | null, socket: Duplex) => void;
/** Without a socket where there is an error; the type does not say so. */
type FailedToCreate = (error: unknown) => void;

/** The members of Node's https.Agent that TlsListAgent uses; @types/node lacks some of them. */
interface AgentInternals {
  sockets: Record<string, net.Socket[] | undefined>;
  requests: Record<string, http.ClientRequest[] | undefined>;
  totalSocketCount: number;
  getName(options: object): string;
  removeSocket(socket: net.Socket, options: object): void;
  createSocket(request: http.ClientRequest, options: object, created: Created): void;
}

/**
 * An http.Agent whose connections go to one endpoint of a list. The URL still decides the Host header, and
 * keep-alive pools work as ever.
 */
export class ListAgent extends http.Agent {
  readonly #connections: ListConnections;

  /**
   * @param endpoints as for connectByList(); or a function that returns those for one request.
   * @param options those of http.Agent, and `connect`.
   * @throws TypeError or RangeError with Node's `ERR_*` code when an argument is bad.
   */
  constructor(endpoints: EndpointsFor<AgentRequest>, options: ListAgentOptions = {}) {
    const { connect: connectOptions, ...agentOptions } = checked(options);
    super(agentOptions);
    this.#connections = new ListConnections(endpoints, connectOptions);
  }

  /** @internal http.Agent calls this when it needs a connection. */
  override createConnection(request: AgentRequest): net.Socket {
    return withIdleTimeout(this.#connections.connect(request), request);
  }
}

/** Set on the options where createSocket() passes a connected socket to createConnection(). */
const READY = Symbol('ready');

/**
 * An https.Agent whose connections go to one endpoint of a list. The URL still decides the Host header and the
 * name in the certificate, and keep-alive pools work as ever.
 */
export class TlsListAgent extends https.Agent {
  readonly #connections: ListConnections;
  readonly #raceUntil: RaceUntil;

  /**
   * @param endpoints as for ListAgent.
   * @param options those of https.Agent, `connect` and `raceUntil`.
   * @throws TypeError or RangeError with Node's `ERR_*` code when an argument is bad.
   */
  constructor(endpoints: EndpointsFor<AgentRequest>, options: TlsListAgentOptions = {}) {
    const { connect: connectOptions, raceUntil, ...agentOptions } = checked(options);
    super(agentOptions);
    this.#connections = new ListConnections(endpoints, connectOptions);
    this.#raceUntil = readRaceUntil(raceUntil, connectOptions);
  }

  /** @internal https.Agent calls this when it needs a connection. */
  override createConnection(request: https.RequestOptions, created?: Created): Duplex | undefined {
    const ready = (request as { [READY]?: net.Socket })[READY];
    if (ready) return ready;
    if (this.#raceUntil === 'connect') return this.#overTcp(request);
    this.#race(request, undefined).then(
      (socket) => nextTick(() => created?.(null, socket)),
      (error: unknown) => nextTick(() => (created as FailedToCreate | undefined)?.(error)),
    );
    return undefined;
  }

  /**
   * @internal http.Agent calls this for each request that needs a connection of its own. Where TLS decides there is
   * no socket before it is done. Until then a placeholder is counted in agent.sockets, so that `maxSockets` holds,
   * and destroy() of the agent ends the call.
   */
  createSocket(request: http.ClientRequest, options: https.RequestOptions, created: Created): void {
    const own = this as unknown as AgentInternals;
    if (this.#raceUntil === 'connect')
      return superCreateSocket.call(own, request, options, created);
    const name = own.getName(options);
    const placeholder = new net.Socket();
    const ended = new AbortController();
    (own.sockets[name] ??= []).push(placeholder);
    own.totalSocketCount++;
    const { timeout = this.options.timeout } = request as { timeout?: number };
    const pending = new PendingRequest(request, timeout, () => placeholder.destroy());
    placeholder.once('close', () => ended.abort(pending.error ?? socketHangUp()));
    const merged = { ...options, ...this.options, _agentKey: name };
    this.#race(merged, ended.signal).then(
      (socket) =>
        nextTick(() => {
          pending.end();
          own.totalSocketCount--;
          remove(own.sockets, name, placeholder);
          // Where the request has another one by now, this serves the next, or is kept.
          superCreateSocket.call(own, request, { ...options, [READY]: socket }, created);
        }),
      (error: unknown) =>
        nextTick(() => {
          const isWaiting = pending.end();
          own.totalSocketCount--;
          // Node keeps a request whose createSocket() failed in the queue, and would try it again.
          remove(own.requests, name, request);
          if (isWaiting && pending.endsSilently) request.onSocket(null as never);
          else if (isWaiting) (created as FailedToCreate)(error);
          // This begins the next one.
          own.removeSocket(placeholder, options);
        }),
    );
  }

  /** https.Agent adds the server name, sessions and the check of the certificate. */
  #overTcp(request: https.RequestOptions): net.Socket {
    const tcp = this.#connections.connect(request);
    try {
      const secure = super.createConnection({ ...request, socket: tcp } as object) as net.Socket;
      tcp.on('lookup', (...given) => void secure.emit('lookup', ...given));
      return withIdleTimeout(secure, request);
    } catch (error) {
      tcp.destroy();
      throw error;
    }
  }

  async #race(request: https.RequestOptions, ended: AbortSignal | undefined): Promise<net.Socket> {
    const [endpoints, options] = this.#connections.argumentsFor(request);
    const signals = [options.signal, ended].filter((signal) => signal !== undefined);
    const { socket } = await connectByList(endpoints, {
      timeout: TLS_TIMEOUT,
      ...options,
      ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
      handshake: (tcp, _, { signal }) =>
        this.#shakeHands({ ...request, socket: tcp } as tls.ConnectionOptions, signal),
    });
    return withIdleTimeout(socket, request);
  }

  async #shakeHands(options: tls.ConnectionOptions, signal: AbortSignal): Promise<net.Socket> {
    const secure = super.createConnection(options) as tls.TLSSocket;
    const onKeylog = (line: Buffer): void => void this.emit('keylog', line, secure);
    // Node adds its own 'keylog' listener when the socket enters the pool.
    if (this.listenerCount('keylog') > 0) secure.on('keylog', onKeylog);
    return (await secureConnected(secure, signal)).off('keylog', onKeylog);
  }
}

// eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with call()
const superCreateSocket = (https.Agent.prototype as unknown as AgentInternals).createSocket;

/** http.Agent takes null for no options; and from Node 24 on `proxyEnv`, which contradicts a list. */
function checked<T extends object>(options: T | null): T {
  const { proxyEnv } = (options ?? {}) as { proxyEnv?: unknown };
  if (proxyEnv === undefined || proxyEnv === null) return options ?? ({} as T);
  const reason = 'is not supported: the list decides where to connect';
  throw invalidArgValue('options.proxyEnv', proxyEnv, reason);
}

/** In ms; undici's own. */
const TLS_TIMEOUT = 10_000;

function remove<T>(lists: Record<string, T[] | undefined>, name: string, one: T): void {
  const list = lists[name];
  const at = list?.indexOf(one) ?? -1;
  if (!list || at < 0) return;
  list.splice(at, 1);
  if (list.length === 0) Reflect.deleteProperty(lists, name);
}

class ListConnections {
  private readonly endpointsFor;

  constructor(
    endpoints: EndpointsFor<AgentRequest>,
    private readonly options: SocketConnectOptions = {},
  ) {
    readOptions(options);
    this.endpointsFor = readEndpointsFor(endpoints);
  }

  argumentsFor(request: object): [EndpointList, ConnectOptions] {
    const asked = optionsOfRequest(request);
    return [this.endpointsFor(request as AgentRequest), { ...this.options, ...asked }];
  }

  connect(request: object): net.Socket {
    const socket = connect(...this.argumentsFor(request));
    announceLookup(socket, (request as AgentRequest).host);
    return socket;
  }
}

/** In a request `timeout` is a limit of idleness, which net.connect() would see to. */
function withIdleTimeout(
  socket: net.Socket,
  { timeout }: { timeout?: number | undefined },
): net.Socket {
  if (timeout) socket.setTimeout(timeout);
  return socket;
}

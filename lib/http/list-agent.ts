// Agents for http and https whose connections go to whichever endpoint of a list answers. What a request
// asks for (its Host header, its server name in TLS, its place in the pool) stays as it is.

import * as http from 'node:http';
import * as https from 'node:https';
import type * as net from 'node:net';
import type { Duplex } from 'node:stream';
import type * as tls from 'node:tls';

import { connect, type SocketConnectOptions } from '../connect';
import { connectByList } from '../connect-by-list';
import type { EndpointLike } from '../endpoints/endpoints';
import { readOptions } from '../options/options';
import { pick } from '../util/pick';
import { readEndpointsFor, readRaceUntil, type EndpointsFor, type RaceUntil } from './requests';

/** The options of http.Agent, and how to connect. */
export interface ListAgentOptions extends http.AgentOptions {
  /** How to connect. What a request says of it (`localAddress`, `family`, `lookup`) comes first. */
  connect?: SocketConnectOptions;
}

/** The options of https.Agent, and how to connect. */
export interface TlsListAgentOptions extends https.AgentOptions {
  /** How to connect. What a request says of it (`localAddress`, `family`, `lookup`) comes first. */
  connect?: SocketConnectOptions;
  /**
   * When an attempt has won. With `'secureConnect'` the default of `connect.timeout` is 10,000 ms, because a
   * request that is given up does not end what was begun for it; destroy() of the agent does.
   * Default: `'connect'`.
   */
  raceUntil?: RaceUntil;
}

/** What a function that knows the endpoints for one request is given: `host` and `port` as in the URL. */
export type AgentRequest = http.ClientRequestArgs;

/** What createConnection() calls when it has not answered with a socket. */
type Created = (error: Error | null, socket: Duplex) => void;
/** Without a socket where there is an error; the type does not say so. */
type FailedToCreate = (error: unknown) => void;

/**
 * An http.Agent whose connections go to one endpoint of a list. The URL still decides the Host header, and
 * keep-alive pools work as ever.
 */
export class ListAgent extends http.Agent {
  readonly #connections: ListConnections;

  /**
   * @param endpoints as for connectByList(); or a function that answers with those for one request.
   * @param options those of http.Agent, and `connect`.
   * @throws TypeError or RangeError with Node's `ERR_*` code when an argument is bad.
   */
  constructor(endpoints: EndpointsFor<AgentRequest>, options: ListAgentOptions = {}) {
    const { connect: connectOptions, ...agentOptions } = options;
    super(agentOptions);
    this.#connections = new ListConnections(endpoints, connectOptions);
  }

  /** @internal http.Agent calls this when it needs a connection. */
  override createConnection(request: AgentRequest): net.Socket {
    const [endpoints, options] = this.#connections.argumentsFor(request);
    return withTimeout(connect(endpoints, options), request);
  }
}

/**
 * An https.Agent whose connections go to one endpoint of a list. The URL still decides the Host header and the
 * name in the certificate, and keep-alive pools work as ever.
 */
export class TlsListAgent extends https.Agent {
  readonly #connections: ListConnections;
  readonly #raceUntil: RaceUntil;
  #ended = new AbortController();

  /**
   * @param endpoints as for ListAgent.
   * @param options those of https.Agent, `connect` and `raceUntil`.
   * @throws TypeError or RangeError with Node's `ERR_*` code when an argument is bad.
   */
  constructor(endpoints: EndpointsFor<AgentRequest>, options: TlsListAgentOptions = {}) {
    const { connect: connectOptions, raceUntil, ...agentOptions } = options;
    super(agentOptions);
    this.#connections = new ListConnections(endpoints, connectOptions);
    this.#raceUntil = readRaceUntil(raceUntil);
  }

  /** @internal https.Agent calls this when it needs a connection. */
  override createConnection(request: https.RequestOptions, created?: Created): Duplex | undefined {
    const [endpoints, options] = this.#connections.argumentsFor(request);
    if (this.#raceUntil === 'connect') {
      // https.Agent sees to the server name, to sessions, and to the certificate.
      const overTcp = { ...request, socket: connect(endpoints, options) };
      return withTimeout(super.createConnection(overTcp) as net.Socket, request);
    }
    const { signal } = this.#ended;
    const limits = { timeout: TLS_TIMEOUT, signal };
    connectByList(endpoints, {
      ...limits,
      ...options,
      tls: request as tls.ConnectionOptions,
    }).then(
      ({ socket }) => process.nextTick(() => created?.(null, withTimeout(socket, request))),
      (error: unknown) => process.nextTick(created as FailedToCreate, error),
    );
    return undefined;
  }

  /** As in https.Agent; connections that are being made are given up too. */
  override destroy(): void {
    this.#ended.abort();
    this.#ended = new AbortController(); // An agent can be used again.
    super.destroy();
  }
}

/** In ms; undici's own. A request that is given up cannot take back what was begun for it. */
const TLS_TIMEOUT = 10_000;

/** The options of a request that say how to connect. */
const OF_A_REQUEST = [
  'family',
  'highWaterMark',
  'keepAlive',
  'keepAliveInitialDelay',
  'localAddress',
  'localPort',
  'lookup',
  'noDelay',
] as const;

class ListConnections {
  private readonly endpointsFor;

  constructor(
    endpoints: EndpointsFor<AgentRequest>,
    private readonly options: SocketConnectOptions = {},
  ) {
    readOptions(options);
    this.endpointsFor = readEndpointsFor(endpoints);
  }

  argumentsFor(request: AgentRequest): [Iterable<EndpointLike>, SocketConnectOptions] {
    const asked = pick(request as SocketConnectOptions, OF_A_REQUEST);
    return [this.endpointsFor(request), { ...this.options, ...asked }];
  }
}

/** In a request `timeout` is a limit of idleness, which net.connect() would see to. */
function withTimeout(socket: net.Socket, { timeout }: AgentRequest): net.Socket {
  if (timeout) socket.setTimeout(timeout);
  return socket;
}

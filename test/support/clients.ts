// Each client by the line that docs/clients.md shows, asked which server it has reached: the servers of the
// tests answer with their port.

import { once } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import type * as net from 'node:net';
import { text } from 'node:stream/consumers';
import * as tls from 'node:tls';

import { AbstractConnector, Redis } from 'ioredis';
import { MqttClient } from 'mqtt';
import { createPool, type PoolOptions, type RowDataPacket } from 'mysql2/promise';
import { Pool, type PoolConfig } from 'pg';
import { Agent, fetch as undiciFetch } from 'undici';
import { WebSocket } from 'ws';

import {
  connect,
  connector,
  History,
  ListAgent,
  TlsListAgent,
  type EndpointLike,
  type SocketConnectOptions,
} from '#dist/index';
import { CA } from './certificate';

export interface TestClient {
  /** The port of the server that answers. */
  ask(): Promise<number>;
  /** Answers with a promise where it takes time. */
  close(): unknown;
}

/** How a test makes its client. */
export type MakeClient = (nodes: EndpointLike[], options: SocketConnectOptions) => TestClient;

// The port in a URL is part of its Host header, and decides nothing else here.
const HTTP_URL = 'http://localhost:8080/';
const HTTPS_URL = 'https://localhost:8443/';

export const httpClient: MakeClient = (nodes, options) => {
  const agent = new ListAgent(nodes, { keepAlive: true, connect: options });
  return {
    ask: () => askByRequest(http.get(HTTP_URL, { agent })),
    close: () => agent.destroy(),
  };
};

export const httpsClient: MakeClient = (nodes, options) => {
  const agent = new TlsListAgent(nodes, { keepAlive: true, connect: options });
  return {
    ask: () => askByRequest(https.get(HTTPS_URL, { agent, ca: CA })),
    close: () => agent.destroy(),
  };
};

async function askByRequest(request: http.ClientRequest): Promise<number> {
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return Number(await text(response));
}

export const undiciClient: MakeClient = (nodes, options) => {
  const ca = CA;
  const dispatcher = new Agent({ connect: connector(nodes, { ...options, tls: { ca } }) });
  return {
    ask: async () => Number(await (await undiciFetch(HTTPS_URL, { dispatcher })).text()),
    close: () => dispatcher.close(),
  };
};

export const fetchClient: MakeClient = (nodes, options) => {
  const ca = CA;
  const dispatcher = new Agent({ connect: connector(nodes, { ...options, tls: { ca } }) });
  // Node's own undici is of another version, and so are the types of it.
  const init = { dispatcher } as unknown as RequestInit;
  return {
    ask: async () => Number(await (await fetch(HTTPS_URL, init)).text()),
    close: () => dispatcher.close(),
  };
};

export const wsClient: MakeClient = (nodes, options) => {
  const agent = new ListAgent(nodes, { connect: options });
  return askByWebSocket(() => new WebSocket('ws://localhost:8080', { agent }));
};

export const wssClient: MakeClient = (nodes, options) => {
  const agent = new TlsListAgent(nodes, { connect: options });
  return askByWebSocket(() => new WebSocket('wss://localhost:8443', { agent, ca: CA }));
};

function askByWebSocket(open: () => WebSocket): TestClient {
  let socket: WebSocket | undefined;
  return {
    async ask() {
      if (socket?.readyState !== WebSocket.OPEN) {
        socket = open();
        await once(socket, 'open');
      }
      socket.send('which port?');
      const broken = once(socket, 'close').then(() => Promise.reject(new Error('it closed')));
      const answered = once(socket, 'message').then(([answer]) => Number(answer));
      return Promise.race([answered, broken]);
    },
    close: () => socket?.terminate(),
  };
}

export function pgClient(settings: PoolConfig): MakeClient {
  return (nodes, options) => {
    const pool = new Pool({ ...settings, stream: () => connect(nodes, options) });
    // Told of a connection that breaks while nobody uses it.
    pool.on('error', () => undefined);
    return {
      async ask() {
        const { rows } = await pool.query<{ port: number }>('SELECT inet_server_port() AS port');
        return rows[0]?.port ?? NaN;
      },
      close: () => pool.end(),
    };
  };
}

export function mysqlClient(settings: PoolOptions): MakeClient {
  return (nodes, options) => {
    const pool = createPool({ ...settings, stream: () => connect(nodes, options) });
    return {
      async ask() {
        const [rows] = await pool.query<RowDataPacket[]>('SELECT @@port AS port');
        return Number(rows[0]?.port);
      },
      close: () => pool.end(),
    };
  };
}

export const redisClient: MakeClient = (nodes, options) => {
  class ListConnector extends AbstractConnector {
    constructor() {
      super(2000);
    }
    override connect() {
      return Promise.resolve((this.stream = connect(nodes, options)));
    }
  }
  return askByRedis(new Redis({ Connector: ListConnector }));
};

export const redisOverTlsClient: MakeClient = (nodes, options) => {
  const secure = { servername: 'localhost', ca: CA };
  class TlsListConnector extends AbstractConnector {
    constructor() {
      super(2000);
    }
    override connect() {
      const socket = connect(nodes, options);
      return Promise.resolve((this.stream = tls.connect({ ...secure, socket })));
    }
  }
  return askByRedis(new Redis({ Connector: TlsListConnector, tls: secure }));
};

function askByRedis(redis: Redis): TestClient {
  // Told of every connection that breaks; ioredis then makes another one.
  redis.on('error', () => undefined);
  return {
    async ask() {
      const facts = await redis.info('server');
      return Number(/^tcp_port:(\d+)/m.exec(facts)?.[1]);
    },
    close: () => redis.quit(),
  };
}

export const mqttClient: MakeClient = (nodes, options) => {
  const client = new MqttClient(() => connect(nodes, options), { protocolVersion: 5 });
  return askByMqtt(client);
};

/** As the one before, but that it stays away from a node which accepts and then closes. */
export const mqttClientOfGoodNodes: MakeClient = (nodes, options) => {
  const connectToGoodNode = goodNodes(nodes, options);
  const client = new MqttClient(connectToGoodNode, { protocolVersion: 5 });
  return askByMqtt(client);
};

export const redisClientOfGoodNodes: MakeClient = (nodes, options) => {
  const connectToGoodNode = goodNodes(nodes, options);
  class GoodNodeConnector extends AbstractConnector {
    constructor() {
      super(2000);
    }
    override connect() {
      return Promise.resolve((this.stream = connectToGoodNode()));
    }
  }
  return askByRedis(new Redis({ Connector: GoodNodeConnector }));
};

function goodNodes(nodes: EndpointLike[], options: SocketConnectOptions): () => net.Socket {
  const history = new History();
  function connectToGoodNode() {
    const socket = connect(nodes, { ...options, history });
    socket.once('connect', () => {
      const connectedAt = performance.now();
      const node = { host: socket.remoteAddress as string, port: socket.remotePort as number };
      socket.once('close', () => {
        // A connection that lives for less than a second has served nobody.
        if (performance.now() - connectedAt < 1_000) history.note(node, 'bad');
      });
    });
    return socket;
  }
  return connectToGoodNode;
}

function askByMqtt(client: MqttClient): TestClient {
  // Told of every connection that breaks; MQTT.js then makes another one.
  client.on('error', () => undefined);
  return {
    async ask() {
      if (!client.connected) await new Promise<unknown>((done) => client.once('connect', done));
      return new Promise((resolve, reject) => {
        client.once('message', (_, payload) => resolve(Number(payload)));
        client.once('close', () => reject(new Error('it closed')));
        client.publish('which port?', '');
      });
    },
    close: () => client.endAsync(true),
  };
}

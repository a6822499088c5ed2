// What came of a call, for the picture and for --json.

import type * as net from 'node:net';

import { ConnectError, type Attempt, type Connection, type Engine } from '../index';

export interface Report {
  /** The list, as 'host:port'. */
  readonly endpoints: readonly string[];
  /** Who made the attempts; undefined where none was made. */
  readonly engine: Engine | undefined;
  readonly connection: Pick<Connection, 'localAddress' | 'remoteAddress'> | undefined;
  readonly error:
    | (Pick<ConnectError, 'code' | 'message'> & { readonly wsaName?: string | undefined })
    | undefined;
  readonly attempts: readonly Attempt[];
  /** From the call to the connection or the failure, in ms. */
  readonly ms: number;
}

export function reportConnection(endpoints: readonly string[], connection: Connection): Report {
  const { engine, attempts } = connection;
  const ms = attempts.find(({ outcome }) => outcome === 'connected')?.end ?? 0;
  return { endpoints, engine, connection, error: undefined, attempts, ms };
}

export function reportFailure(
  endpoints: readonly string[],
  error: ConnectError,
  ms: number,
): Report {
  const { attempts } = error;
  return { endpoints, engine: engineOf(error), connection: undefined, error, attempts, ms };
}

/** For --json: nothing was tried. */
export function reportMistake({ message }: Error): Report {
  const error = { code: 'ERR_USAGE', wsaName: undefined, message };
  return { endpoints: [], engine: undefined, connection: undefined, error, attempts: [], ms: 0 };
}

/** An error does not say which engine it was; what it tells differs. */
function engineOf({ wsaName, attempts }: ConnectError): Engine | undefined {
  if (wsaName !== undefined) return 'winsock';
  return attempts.some(wasAttempted) ? 'race' : undefined;
}

/** Whether a connect was attempted: neither a failed lookup nor a blocked address. */
export function wasAttempted({ remoteAddress, outcome }: Attempt): boolean {
  return remoteAddress !== undefined && outcome !== 'blocked';
}

/**
 * The endpoints that no attempt was made at; undefined where it is not known, because Winsock tells of the
 * winner only.
 */
export function untriedOf({ endpoints, attempts, engine }: Report): string[] | undefined {
  if (engine === 'winsock') return undefined;
  return without(endpoints, attempts);
}

/** The endpoints that no attempt went to. */
export function without(
  endpoints: readonly string[],
  attempts: readonly Pick<Attempt, 'host' | 'port'>[],
): string[] {
  const spokenOf = new Set(attempts.map(formatEndpoint));
  return [...new Set(endpoints)].filter((endpoint) => !spokenOf.has(endpoint));
}

/** As the tracing channel writes it, and as a person does. */
export function formatEndpoint({ host, port }: { host: string; port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

export function formatAddress({ address: host, port }: net.SocketAddress): string {
  return formatEndpoint({ host, port });
}

/** The reason of TLS. OpenSSL's messages are for its authors; Node has the reason in them as a property. */
export function reasonOf({ cause, remoteAddress }: Attempt): string | undefined {
  // For a failed lookup the code is enough.
  if (remoteAddress === undefined) return undefined;
  const { reason, library } = (cause ?? {}) as { reason?: unknown; library?: unknown };
  return library !== undefined && typeof reason === 'string' ? reason : cause?.message;
}

/** docs/command.md describes it. Nothing is left out: what is not there is null. */
export function toJson(report: Report): string {
  const { endpoints, engine, connection, error, attempts, ms } = report;
  const object = {
    connected: connection !== undefined,
    engine: engine ?? null,
    ms: toMicrosecond(ms),
    remoteAddress: plainAddress(connection?.remoteAddress),
    localAddress: plainAddress(connection?.localAddress),
    error: error
      ? { code: error.code, wsaName: error.wsaName ?? null, message: error.message }
      : null,
    endpoints,
    attempts: attempts.map((attempt) => ({
      host: attempt.host,
      port: attempt.port,
      remoteAddress: plainAddress(attempt.remoteAddress),
      localAddress: plainAddress(attempt.localAddress),
      outcome: attempt.outcome,
      code: attempt.code ?? null,
      reason: reasonOf(attempt) ?? null,
      start: attempt.start,
      end: attempt.end,
    })),
    untried: untriedOf(report) ?? null,
  };
  return JSON.stringify(object, undefined, 2);
}

export function plainAddress(
  address: net.SocketAddress | undefined,
): { address: string; port: number } | null {
  return address ? { address: address.address, port: address.port } : null;
}

export function toMicrosecond(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

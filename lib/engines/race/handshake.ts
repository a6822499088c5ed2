// Attempts that have connected when a handshake is done, not when TCP is: a server that accepts and then says nothing,
// or the wrong thing, loses, and the race goes on meanwhile.

import * as net from 'node:net';
import * as tls from 'node:tls';
import { isNativeError } from 'node:util/types';

import type { Endpoint } from '../../endpoints/endpoints';
import type { Handshake, Settings } from '../../options/options';
import { adopt } from '../../sockets/adopt';
import { secureConnected } from '../../sockets/secure-connected';
import { closedInHandshake, invalidArgType } from '../../util/argument-errors';
import { errnoOfCode } from '../../util/system-errors';
import { setImmediate } from '../../util/timers';

/**
 * The error number that the addon is given for a failed handshake. The attempt shows the handshake's error instead.
 */
const FAILED = errnoOfCode('EPROTO') ?? -1;

/** One attempt whose TCP has connected. */
interface Shaking {
  readonly abort: AbortController;
  /** The TCP socket; once the handshake has resolved, the socket that it returned. */
  socket: net.Socket;
  readonly tcp: net.Socket;
  /** Keeps an error that somebody else handles from ending the process. */
  readonly onError: (error: Error) => void;
  readonly onClose: () => void;
}

export class Handshakes {
  private readonly shaking = new Map<number, Shaking>();
  private readonly failures = new Map<number, Error>();

  /** @param decide is called once for each attempt: with 0, or with libuv's error number. */
  constructor(
    private readonly handshake: Handshake,
    private readonly settings: Settings,
    private readonly decide: (index: number, errno: number) => void,
  ) {}

  /** Takes over a connected descriptor. */
  begin(index: number, target: Endpoint, descriptor: number): void {
    const { settings } = this;
    let tcp: net.Socket;
    try {
      // With `tls` the options of the stream have no effect: the caller reads from the TLSSocket.
      const { noDelay, keepAlive, keepAliveInitialDelay } = settings;
      const ofTcp = { noDelay, keepAlive, keepAliveInitialDelay };
      tcp = adopt(descriptor, settings.tls ? ofTcp : settings);
    } catch (error) {
      this.failures.set(index, toError(error));
      return this.decide(index, FAILED);
    }
    const abort = new AbortController();
    const onError = (error: Error): void => this.fail(index, error);
    // Deferred, so that the handshake can reject with its own error first.
    const onClose = (): void => void setImmediate(() => this.fail(index, closedInHandshake()));
    this.shaking.set(index, { abort, socket: tcp, tcp, onError, onClose });
    tcp.on('error', onError);
    tcp.once('close', onClose);
    void this.shake(index, tcp, target, abort.signal);
  }

  failureOf(index: number): Error | undefined {
    return this.failures.get(index);
  }

  /** The socket of an attempt that has shaken hands; the caller's from now on. */
  take(index: number): net.Socket | undefined {
    const shaking = this.shaking.get(index);
    this.shaking.delete(index);
    return shaking?.socket;
  }

  /** The attempt has lost, or failed, or the call is over. */
  end(index: number): void {
    const shaking = this.shaking.get(index);
    if (!shaking) return;
    this.shaking.delete(index);
    const { abort, socket, tcp, onClose } = shaking;
    tcp.off('close', onClose);
    abort.abort();
    for (const one of new Set([socket, tcp])) {
      one.on('error', () => undefined);
      one.destroy();
    }
  }

  private async shake(
    index: number,
    tcp: net.Socket,
    { host, port, address }: Endpoint,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const made: unknown = await this.handshake(tcp, { host, port, address }, { signal });
      if (made !== undefined && !(made instanceof net.Socket)) {
        throw invalidArgType(
          'options.handshake()',
          'a promise of a net.Socket, or of nothing',
          made,
        );
      }
      this.succeed(index, made ?? tcp);
    } catch (error) {
      this.fail(index, error);
    }
  }

  private succeed(index: number, socket: net.Socket): void {
    const shaking = this.shaking.get(index);
    if (!shaking) {
      // Too late: the attempt has ended, and so does what was made of it.
      socket.on('error', () => undefined).destroy();
      return;
    }
    const { tcp, onError, onClose } = shaking;
    shaking.socket = socket;
    // A socket that was closed during the handshake cannot win.
    if (socket.destroyed || socket.readableEnded) {
      return this.fail(index, socket.errored ?? closedInHandshake());
    }
    tcp.off('error', onError).off('close', onClose);
    asIfUntouched(socket);
    this.decide(index, 0);
  }

  private fail(index: number, error: unknown): void {
    // The attempt has ended already.
    if (this.failures.has(index) || !this.shaking.has(index)) return;
    this.failures.set(index, toError(error));
    this.decide(index, FAILED);
  }
}

/**
 * A handshake that listened for 'data' leaves the stream flowing, so bytes that arrive before the caller listens
 * would be lost. Resets it to the state of a newly connected socket: neither flowing nor paused.
 */
function asIfUntouched(socket: net.Socket): void {
  if (socket.readableFlowing === null || socket.listenerCount('data') > 0) return;
  // Reading goes on where it was stopped; what is read waits.
  if (!socket.readableFlowing) socket.resume();
  (socket as { readableFlowing: boolean | null }).readableFlowing = null;
}

/** What a handshake rejects with is the caller's, and may be anything. */
function toError(reason: unknown): Error {
  return isNativeError(reason)
    ? reason
    : new Error('The handshake rejected with a value that is not an Error', { cause: reason });
}

/** The handshake of a call; undefined where TCP decides. Throws what tls.createSecureContext() throws. */
export function handshakeOf({ tls: tlsOptions, handshake }: Settings): Handshake | undefined {
  if (tlsOptions === undefined) return handshake;
  const secure = tlsHandshake(tlsOptions);
  if (handshake === undefined) return secure;
  return async (tcp, endpoint, context) => {
    const socket = await secure(tcp, endpoint, context);
    return (await handshake(socket, endpoint, context)) ?? socket;
  };
}

function tlsHandshake(
  options: tls.ConnectionOptions,
): (...given: Parameters<Handshake>) => Promise<tls.TLSSocket> {
  const secureContext = options.secureContext ?? tls.createSecureContext(options);
  return async (tcp, { host }, { signal }) => {
    const socket = tls.connect({
      host,
      ...(net.isIP(host) === 0 && { servername: host }),
      ...options,
      secureContext,
      socket: tcp,
    });
    return secureConnected(socket, signal);
  };
}

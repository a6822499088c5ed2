// Attempts that have connected when TLS has, not when TCP has: a server that accepts and then does not
// shake hands loses, and the race goes on meanwhile.

import * as net from 'node:net';
import * as tls from 'node:tls';

import type { Endpoint } from '../../endpoints/endpoints';
import type { Settings } from '../../options/options';
import { adopt } from '../../sockets/socket';
import { errnoOfCode } from '../../util/system-errors';

/** What the addon keeps in the attempt's row; whoever reads it sees the error of TLS in its place. */
const FAILED = errnoOfCode('EPROTO') ?? -1;

export class Handshakes {
  /** The sockets of the attempts that are shaking hands, and of the one that has. */
  private readonly sockets = new Map<number, tls.TLSSocket>();
  private readonly failures = new Map<number, Error>();
  private readonly secureContext: tls.SecureContext;

  /**
   * Throws what tls.createSecureContext() throws when the options are no good.
   *
   * @param decide is told of each attempt once: 0, or libuv's error number.
   */
  constructor(
    private readonly options: tls.ConnectionOptions,
    private readonly settings: Settings,
    private readonly decide: (index: number, errno: number) => void,
  ) {
    this.secureContext = options.secureContext ?? tls.createSecureContext(options);
  }

  /** Shakes hands over a connected socket, which is ours from here on. */
  begin(index: number, { host }: Endpoint, descriptor: number): void {
    let socket: tls.TLSSocket;
    try {
      socket = this.connect(host, descriptor);
    } catch (error) {
      return this.fail(index, error as Error);
    }
    this.sockets.set(index, socket);
    const onError = (error: Error): void => this.fail(index, error);
    socket.once('error', onError);
    socket.once('secureConnect', () => {
      socket.off('error', onError);
      this.decide(index, 0);
    });
  }

  failureOf(index: number): Error | undefined {
    return this.failures.get(index);
  }

  /** The socket of an attempt that has shaken hands; the caller's from now on. */
  take(index: number): tls.TLSSocket | undefined {
    const socket = this.sockets.get(index);
    this.sockets.delete(index);
    return socket;
  }

  end(index: number): void {
    const socket = this.take(index);
    // Whatever it still has to say is of no interest.
    socket?.removeAllListeners('secureConnect').on('error', () => undefined);
    socket?.destroy();
  }

  private connect(host: string, descriptor: number): tls.TLSSocket {
    const { noDelay, keepAlive, keepAliveInitialDelay } = this.settings;
    const socket = adopt(descriptor, { noDelay, keepAlive, keepAliveInitialDelay });
    try {
      return tls.connect({
        host,
        ...(net.isIP(host) === 0 && { servername: host }),
        ...this.options,
        secureContext: this.secureContext,
        socket,
      });
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  private fail(index: number, error: Error): void {
    this.failures.set(index, error);
    this.decide(index, FAILED);
  }
}

// Waits for the handshake of a TLS socket: what every handshake of ours ends with.

import type * as tls from 'node:tls';

/** Resolves when the handshake is done. Rejects with the socket's error; an abort of the signal destroys the socket. */
export function secured(socket: tls.TLSSocket, signal: AbortSignal): Promise<tls.TLSSocket> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      socket.on('error', () => undefined).destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort);
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      signal.removeEventListener('abort', onAbort);
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

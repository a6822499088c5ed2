// Waits until a TLS socket has finished its handshake.

import type * as tls from 'node:tls';

/** Resolves when the handshake is done. Rejects with the socket's error; an abort of the signal destroys the socket. */
export function secureConnected(
  socket: tls.TLSSocket,
  signal: AbortSignal,
): Promise<tls.TLSSocket> {
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

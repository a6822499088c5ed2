// Work that an AbortSignal can end.

/**
 * A promise that `start` settles, unless the signal is aborted first: then it rejects with the signal's
 * reason, after what `start` began has been ended by the function that `start` returned.
 */
export function orAbort<T>(
  signal: AbortSignal | undefined,
  start: (resolve: (value: T) => void, reject: (reason: unknown) => void) => () => void,
): Promise<T> {
  if (!signal) return new Promise((resolve, reject) => void start(resolve, reject));
  return new Promise<T>((resolve, reject) => {
    signal.throwIfAborted();
    const onAbort = (): void => {
      reject(signal.reason); // Before the end: what comes out of it is too late.
      end();
    };
    const settled = (): void => signal.removeEventListener('abort', onAbort);
    signal.addEventListener('abort', onAbort, { once: true });
    const end = start(
      (value) => {
        settled();
        resolve(value);
      },
      (reason) => {
        settled();
        reject(reason);
      },
    );
  });
}

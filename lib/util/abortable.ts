// Work that an AbortSignal can end.

/** What we use of an AbortSignal. */
export interface Abortable {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * Returns a promise that `start` settles. When the signal aborts first, rejects with its reason and calls the
 * function that `start` returned, which stops the work. `start` itself may trigger the abort.
 */
export function orAbort<T>(
  signal: Abortable | undefined,
  start: (resolve: (value: T) => void, reject: (reason: unknown) => void) => () => void,
): Promise<T> {
  if (!signal) return new Promise((resolve, reject) => void start(resolve, reject));
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    let end = (): void => undefined;
    let wasAborted = (): boolean => false;
    const settle = (): void => signal.removeEventListener('abort', onAbort);
    const onAbort = (): void => {
      wasAborted = () => true;
      settle();
      reject(signal.reason); // Rejects before end(), which may still try to settle the promise.
      end();
    };
    signal.addEventListener('abort', onAbort);
    end = start(
      (value) => {
        settle();
        resolve(value);
      },
      (reason) => {
        settle();
        reject(reason);
      },
    );
    if (wasAborted()) end();
  });
}

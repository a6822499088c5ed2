// Work that an AbortSignal can end.

/** What we use of an AbortSignal. */
export interface Abortable {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * A promise that `start` settles, unless the signal is aborted first: then it rejects with the signal's
 * reason, and what `start` began is ended by the function that `start` returned. The abort may come from
 * within `start`, where that calls a function of the caller's.
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
      reject(signal.reason); // Before the end: what comes out of it is too late.
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

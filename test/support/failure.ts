// What a promise rejects with, as a value to look at.

import { ConnectError } from '#dist/index';

export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it should have failed');
}

export async function connectErrorOf(promise: Promise<unknown>): Promise<ConnectError> {
  const error = await failureOf(promise);
  if (!(error instanceof ConnectError)) throw error;
  return error;
}

/** For toThrow(): an error with this code. */
export function errorWithCode(code: string | RegExp): Error {
  const matching = typeof code === 'string' ? code : (expect.stringMatching(code) as string);
  return expect.objectContaining({ code: matching }) as Error;
}

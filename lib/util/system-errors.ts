// Error numbers of libuv, which Node uses on every platform, and Node's names for them.

import { getSystemErrorMap } from 'node:util';

export const TIMED_OUT = 'ETIMEDOUT';

export interface SystemError {
  /** libuv's number, below zero; differs between systems. */
  readonly errno: number;
  readonly code: string;
}

/** Made once: Node makes a new one each time, and a long list asks ten thousand times. */
let systemErrors: ReturnType<typeof getSystemErrorMap> | undefined;

export function errorOfErrno(errno: number): SystemError {
  systemErrors ??= getSystemErrorMap();
  const [code] = systemErrors.get(errno) ?? [];
  return { errno, code: code ?? `Unknown system error ${errno}` };
}

let errnos: Map<string, number> | undefined;

/** libuv's number for a code; undefined for codes that are no system errors, such as ENOTFOUND. */
export function errnoOfCode(code: string): number | undefined {
  errnos ??= new Map(Array.from(getSystemErrorMap(), ([errno, [name]]) => [name, errno]));
  return errnos.get(code);
}

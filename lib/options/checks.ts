// What values an option takes. Each check throws one of Node's own errors, and names the option.

import * as net from 'node:net';

import { is16Bits } from '../endpoints/endpoints';
import {
  badIPAddress,
  badPort,
  invalidArgType,
  invalidArgValue,
  outOfRange,
} from '../util/argument-errors';

/** Throws unless the value is good. `name` is what the error calls it; `value` is never undefined. */
export type Check = (value: unknown, name: string) => void;

export function oneOf(...values: readonly (string | number)[]): Check {
  const shown = values.map((value) => (typeof value === 'string' ? `'${value}'` : String(value)));
  const expected = `must be ${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`;
  return (value, name) => {
    if (!values.includes(value as string)) throw invalidArgValue(name, value, expected);
  };
}

/** typeof, but that null is no object. */
export function ofType(type: 'boolean' | 'function' | 'object'): Check {
  return (value, name) => {
    if (typeof value !== type || value === null) {
      throw invalidArgType(name, `of type ${type}`, value);
    }
  };
}

/** NaN is in no range. */
export function numberIn(range: string, isInRange: (value: number) => boolean): Check {
  return (value, name) => {
    if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value);
    if (!isInRange(value)) throw outOfRange(name, range, value);
  };
}

/** @param orElse what may stand in its place, such as false. */
export function instanceOf(
  type: abstract new (...args: never[]) => unknown,
  text: string,
  orElse?: unknown,
): Check {
  return (value, name) => {
    if (value instanceof type || (orElse !== undefined && value === orElse)) return;
    throw invalidArgType(name, text, value);
  };
}

export const checkPort: Check = (value, name) => {
  if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value);
  if (!is16Bits(value)) throw badPort(name, value);
};

export const checkAddress: Check = (value) => {
  // net.isIP() converts whatever it is given to a string.
  if (typeof value !== 'string' || net.isIP(value) === 0) throw badIPAddress(value);
};

/** Whatever has the methods of an AbortSignal: polyfills and other realms have signals of their own. */
export const checkSignal: Check = (value, name) => {
  const { aborted, addEventListener, removeEventListener } = (value ?? {}) as Partial<AbortSignal>;
  const listens = [addEventListener, removeEventListener].every((it) => typeof it === 'function');
  if (typeof aborted !== 'boolean' || !listens) {
    throw invalidArgType(name, 'an instance of AbortSignal', value);
  }
};

export const checkOnRead: Check = (value, name) => {
  const { buffer, callback } = (value ?? {}) as Partial<Record<'buffer' | 'callback', unknown>>;
  const isBuffer = buffer instanceof Uint8Array || typeof buffer === 'function';
  if (!isBuffer || typeof callback !== 'function') {
    const expected = 'an object with buffer (a Uint8Array or a function) and callback (a function)';
    throw invalidArgType(name, expected, value);
  }
};

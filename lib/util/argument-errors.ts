// Errors with Node's own classes and codes (nodejs.org/api/errors.html), so that callers handle them as they handle
// those of `net`. ConnectError is in connect-error.ts.

import { inspect } from 'node:util';

/** An error of Node's kind: it carries a `code`, and prints as `TypeError [ERR_…]: …`. */
function withCode<E extends Error>(error: E, code: string): E & { code: string } {
  // Node's errors show the code in the first line of the stack. V8 has written that line already, so it is edited
  // here.
  const { name } = error;
  const stack = error.stack ?? '';
  error.stack = stack.replace(name, `${name} [${code}]`);
  return Object.assign(error, { code });
}

/**
 * Formats the value as Node's errors do. Hides everything before an '@', which in a URL may be a password, and shows
 * only the class of an object, whose contents may be secret.
 */
function received(value: unknown): string {
  if (typeof value === 'string') return `Received ${inspect(withoutSecret(value), SHORT)}`;
  const checkObject = typeof value === 'function' || (typeof value === 'object' && value !== null);
  if (checkObject) return `Received ${describeObject(value)}`;
  return `Received ${shortened(inspect(value, SHORT))}`;
}

/** util.inspect() does not shorten symbols and bigints. */
function shortened(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

const MAX_SHOWN = 100;
const SHORT = { maxStringLength: 64, breakLength: Infinity };

function withoutSecret(text: string): string {
  const at = text.lastIndexOf('@');
  return at < 0 ? text : `…${text.slice(at)}`;
}

/** Objects of somebody else's can throw at every touch. */
function describeObject(value: object): string {
  try {
    const { constructor } = value as { constructor?: unknown };
    const name: unknown = typeof constructor === 'function' ? constructor.name : undefined;
    return typeof name === 'string' && /^\w{1,64}$/.test(name)
      ? `an instance of ${name}`
      : 'an object';
  } catch {
    return 'an object';
  }
}

/** `name` must be `expected`, but has another type. */
export function invalidArgType(name: string, expected: string, value: unknown): TypeError {
  return withCode(
    new TypeError(`The "${name}" argument must be ${expected}. ${received(value)}`),
    'ERR_INVALID_ARG_TYPE',
  );
}

/** `name` has the right type but an invalid value. */
export function invalidArgValue(name: string, value: unknown, reason: string): TypeError {
  return withCode(
    new TypeError(`The argument '${name}' ${reason}. ${received(value)}`),
    'ERR_INVALID_ARG_VALUE',
  );
}

/** `name` is a number outside of its range. */
export function outOfRange(name: string, range: string, value: unknown): RangeError {
  return withCode(
    new RangeError(
      `The value of "${name}" is out of range. It must be ${range}. ${received(value)}`,
    ),
    'ERR_OUT_OF_RANGE',
  );
}

/** @param name what the port is of, such as `endpoints[1].port`. */
export function badPort(name: string, value: unknown): RangeError {
  return withCode(
    new RangeError(`${name} should be >= 0 and < 65536. ${received(value)}`),
    'ERR_SOCKET_BAD_PORT',
  );
}

export function badIPAddress(value: unknown): TypeError {
  const text = `Invalid IP address. ${received(value)}`;
  return withCode(new TypeError(text), 'ERR_INVALID_IP_ADDRESS');
}

/** The machine, or the binary that is installed, cannot do what was asked for. */
export function unavailable(message: string): TypeError {
  return withCode(new TypeError(message), 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM');
}

export function accessDenied(message: string): Error {
  return Object.assign(withCode(new Error(message), 'ERR_ACCESS_DENIED'), { permission: 'Net' });
}

/** TCP has connected in time, and TLS has not. */
export function handshakeTimedOut(timeout: number): Error {
  const text =
    `handshake ETIMEDOUT: TCP has connected, but TLS has not within ${timeout} ms. ` +
    'Raise "timeout", or let raceUntil: \'secureConnect\' try the other endpoints meanwhile.';
  return Object.assign(withCode(new Error(text), 'ETIMEDOUT'), { syscall: 'handshake' });
}

/** The peer has closed the connection before the handshake was done. */
export function closedInHandshake(): Error {
  const text = 'handshake ECONNRESET: the connection was closed before the handshake was done';
  return Object.assign(withCode(new Error(text), 'ECONNRESET'), { syscall: 'handshake' });
}

/** The error of a request that is destroyed before it has a connection, as Node words it. */
export function socketHangUp(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}

// From a service, as the caller names it, to its port.

import { addon } from '../native/addon';
import { invalidArgType, invalidArgValue } from '../util/argument-errors';
import { readPort } from './endpoints';

/**
 * The TCP port of a service: a port number (0 to 65535) or its digits, which stand for themselves, or a
 * name or an alias that the system's services database has ("getservbyname", POSIX; on Windows
 * learn.microsoft.com/windows/win32/api/winsock2): 'https' is 443.
 */
export async function readService(service: unknown): Promise<number> {
  if (typeof service === 'number') return readPort(service, 'service');
  if (typeof service !== 'string') {
    throw invalidArgType('service', 'a port number or the name of a service', service);
  }
  if (/^\d+$/.test(service)) return readPort(service, 'service');
  const port = await addon().servicePort(service);
  if (port >= 0) return port;
  const database =
    process.platform === 'win32'
      ? 'drivers\\etc\\services in the system folder'
      : '/etc/services; on Debian it comes with the package netbase';
  throw invalidArgValue(
    'service',
    service,
    `is no TCP service that this system knows: give the port as a number, or install the services database (${database})`,
  );
}

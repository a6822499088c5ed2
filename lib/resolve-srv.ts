// resolveSrv(): the endpoints of a service, as DNS has them.

import { promises as dns } from 'node:dns';
import { isNativeError } from 'node:util/types';

import { srvFailure } from './attempts/connect-error';
import type { HostAndPort } from './endpoints/endpoints';
import { checkSignal } from './options/checks';
import { checkObject } from './options/options';
import { orAbort } from './util/abortable';
import { invalidArgType, outOfRange } from './util/argument-errors';

/** The options of resolveSrv(). */
export interface ResolveSrvOptions {
  /** Asks the name servers. Defaults to a new `dns.promises.Resolver`, with those of the system. */
  resolver?: Pick<dns.Resolver, 'resolveSrv'> | undefined;
  /** Aborting it rejects the call at once with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** More than anyone means. */
const MAX_RECORDS = 1_000;

/**
 * Looks up the SRV records of a service (RFC 2782), for connectByList():
 * `connectByList(await resolveSrv('_ldap._tcp.example.com'))`. Each endpoint has the priority and the weight of its
 * record; connectByList() heeds both, and looks up the names.
 *
 * @example
 * ```ts
 * const { socket } = await connectByList(await resolveSrv('_ldap._tcp.example.com'));
 * ```
 * @param name such as '_ldap._tcp.example.com'.
 * @throws ConnectError when the lookup fails. The code is `ENOTFOUND` where the service does not exist (no record, or the
 *   target '.'), otherwise the resolver's, such as `ETIMEOUT`, with its error as the cause.
 * @throws TypeError or RangeError with Node's `ERR_*` code when an argument is bad, or for more than 1,000 records.
 * @throws the signal's reason when `signal` is or gets aborted.
 */
export async function resolveSrv(
  name: string,
  options: ResolveSrvOptions = {},
): Promise<HostAndPort[]> {
  if (typeof name !== 'string') throw invalidArgType('name', 'of type string', name);
  checkObject(options, 'options');
  const { resolver: given, signal } = options;
  if (signal !== undefined) checkSignal(signal, 'options.signal');
  if (
    given !== undefined &&
    typeof (given as Partial<typeof given> | null)?.resolveSrv !== 'function'
  ) {
    throw invalidArgType('options.resolver', 'an instance of dns.promises.Resolver', given);
  }
  const calledAt = performance.now();
  const own = new dns.Resolver();
  const resolver = given ?? own;
  const records = await orAbort<Awaited<ReturnType<dns.Resolver['resolveSrv']>>>(
    signal,
    (resolve, reject) => {
      // In a promise: a resolver of the caller's may throw.
      const asked = Promise.resolve().then(() => resolver.resolveSrv(name));
      asked.then(resolve, (error: unknown) => {
        const cause = isNativeError(error) ? error : new Error(String(error));
        reject(srvFailure(name, performance.now() - calledAt, cause));
      });
      // One of the caller's may have other questions under way, which this would end as well.
      return () => {
        if (!given) own.cancel();
      };
    },
  );
  if (!Array.isArray(records)) {
    throw invalidArgType('options.resolver.resolveSrv()', 'a promise of an array', records);
  }
  if (records.length > MAX_RECORDS) {
    throw outOfRange('the number of SRV records', `<= ${MAX_RECORDS}`, records.length);
  }
  // RFC 2782: a target of "." means that the service is decidedly not available at this domain.
  const usable = records.filter(isUsable);
  if (usable.length === 0) throw srvFailure(name, performance.now() - calledAt, undefined);
  return usable.map(({ name: host, port, priority, weight }) => ({ host, port, priority, weight }));
}

/** The answer of a resolver of the caller's may be anything. */
function isUsable(record: unknown): boolean {
  const { name } = (record ?? {}) as { name?: unknown };
  return typeof name === 'string' && name !== '' && name !== '.';
}

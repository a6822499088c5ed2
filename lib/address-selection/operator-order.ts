// What the operator of the host, or of the process, says of the order: dns.setDefaultResultOrder() and
// `--dns-result-order`, and on Linux /etc/gai.conf.

import * as dns from 'node:dns';
import * as fs from 'node:fs';

import { readGaiConf } from './gai-conf';
import { DEFAULT_TABLE, type PolicyTable } from './policy-table';

/**
 * The family that the process has been told to begin with (nodejs.org/api/dns.html#dnssetdefaultresultorderorder).
 * Undefined for 'verbatim', which is Node's default: then the rules of RFC 6724 decide.
 */
export function familyToBeginWith(): 4 | 6 | undefined {
  // From Node 20.1 on.
  const { getDefaultResultOrder } = dns as Partial<typeof dns>;
  const order: string | undefined = getDefaultResultOrder?.();
  if (order === 'ipv4first') return 4;
  return order === 'ipv6first' ? 6 : undefined;
}

/**
 * As getaddrinfo() of glibc reads it: once, on the thread that asks. It is a small local file; in libuv's pool it
 * would wait behind names that hang in the resolver.
 */
let table: PolicyTable | undefined;

/** RFC 6724 section 2.1: the host's own policy table, or the default one. */
export function policyTable(): PolicyTable {
  table ??= process.platform === 'linux' ? readTable('/etc/gai.conf') : DEFAULT_TABLE;
  return table;
}

function readTable(file: string): PolicyTable {
  try {
    return readGaiConf(fs.readFileSync(file, 'utf8'));
  } catch {
    return DEFAULT_TABLE;
  }
}

// /etc/gai.conf, which the operator of a Linux host sorts its addresses with (gai.conf(5)): the lines `label`,
// `precedence` and `scopev4`, read as glibc reads them.

import { isIPv4, parseAddress } from '../endpoints/ip-address';
import { DEFAULT_TABLE, longestFirst, type PolicyTable, type PrefixValue } from './policy-table';

/** glibc's values for addresses that no line matches, where the file has lines of that kind. */
const WITHOUT_A_LINE = { label: 1, precedence: 40, scopev4: 14 } as const;

type Kind = keyof typeof WITHOUT_A_LINE;

const MAX_INT = 2 ** 31 - 1;

/** Lines that are malformed are ignored, as glibc does. One line of a kind replaces the whole default of it. */
export function readGaiConf(text: string): PolicyTable {
  const found: Record<Kind, PrefixValue[]> = { label: [], precedence: [], scopev4: [] };
  for (const line of text.split('\n')) {
    const [kind = '', prefix = '', value = ''] = (line.split('#', 1)[0] ?? '').trim().split(/\s+/);
    if (!Object.hasOwn(found, kind)) continue;
    const read = readLine(kind as Kind, prefix, value);
    if (read) found[kind as Kind].push(read);
  }
  const tableOf = (kind: Kind, otherwise: readonly PrefixValue[]): readonly PrefixValue[] => {
    if (found[kind].length === 0) return otherwise;
    const everything =
      kind === 'scopev4' ? { address: '0.0.0.0', length: 96 } : { address: '::', length: 0 };
    const { address, length } = everything;
    const rest = { bits: parseAddress(address), length, value: WITHOUT_A_LINE[kind] };
    return longestFirst([...found[kind], rest]);
  };
  return {
    labels: tableOf('label', DEFAULT_TABLE.labels),
    precedences: tableOf('precedence', DEFAULT_TABLE.precedences),
    scopesV4: tableOf('scopev4', DEFAULT_TABLE.scopesV4),
  };
}

/** `ADDRESS[/LENGTH] VALUE`; undefined where it is malformed. */
function readLine(kind: Kind, prefix: string, text: string): PrefixValue | undefined {
  const [address = '', slash] = prefix.split('/', 2);
  const value = readNumber(text, MAX_INT);
  const bits = readAddress(address);
  if (value === undefined || bits === undefined) return undefined;
  const isV4 = !address.includes(':');
  // Only `scopev4` takes the plain form of an IPv4 address, whose length then counts from there.
  if (kind === 'scopev4' ? !isIPv4(bits) : isV4) return undefined;
  const most = isV4 ? 32 : 128;
  const length = slash === undefined ? most : readNumber(slash, most);
  if (length === undefined) return undefined;
  const whole = isV4 ? length + 96 : length;
  return kind === 'scopev4' && whole < 96 ? undefined : { bits, length: whole, value };
}

function readAddress(text: string): Uint8Array | undefined {
  try {
    return text.includes('%') ? undefined : parseAddress(text);
  } catch {
    return undefined;
  }
}

function readNumber(text: string, most: number): number | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  return Number(text) <= most ? Number(text) : undefined;
}

// What Linux tells of this host's IPv6 addresses, for rules 3 and 4 of RFC 6724. Other systems tell it only through
// sockets of their own kinds; there these rules never decide. Rule 7 never does: no system says cheaply which route
// leads into a tunnel.

import * as fs from 'node:fs';

import { parseAddress } from '../endpoints/ip-address';
import { TtlCache } from '../util/ttl-cache';

export interface AddressFlags {
  /** RFC 4862 section 5.5.4: kept for connections that exist, and not to be used for new ones. */
  readonly deprecated: boolean;
  /** The home address of a mobile node (RFC 6275). */
  readonly home: boolean;
}

// include/uapi/linux/if_addr.h
const IFA_F_HOMEADDRESS = 0x10;
const IFA_F_DEPRECATED = 0x20;

const NONE: AddressFlags = { deprecated: false, home: false };

/** Asked for once a second, as source addresses are. */
const latest = new TtlCache(readFile);

export function flagsOf(source: string): AddressFlags {
  if (process.platform !== 'linux' || !source.includes(':')) return NONE;
  return latest.get().get(hexOf(source)) ?? NONE;
}

/**
 * The addresses that have one of the flags, by their 32 hexadecimal digits.
 *
 * @param text of /proc/net/if_inet6: address, index, prefix length, scope and flags in hexadecimal, and the interface.
 */
export function readAddressFlags(text: string): Map<string, AddressFlags> {
  const found = new Map<string, AddressFlags>();
  for (const line of text.split('\n')) {
    const [address = '', , , , flags = ''] = line.trim().split(/\s+/);
    const bits = parseInt(flags, 16);
    const deprecated = (bits & IFA_F_DEPRECATED) !== 0;
    const home = (bits & IFA_F_HOMEADDRESS) !== 0;
    if (deprecated || home) found.set(address, { deprecated, home });
  }
  return found;
}

/** Where there is no such file, or no right to read it, nothing is known. */
function readFile(): Map<string, AddressFlags> {
  try {
    return readAddressFlags(fs.readFileSync('/proc/net/if_inet6', 'latin1'));
  } catch {
    return new Map();
  }
}

function hexOf(address: string): string {
  return Buffer.from(parseAddress(address)).toString('hex');
}

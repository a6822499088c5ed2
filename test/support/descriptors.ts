// How many sockets this process has open.

import * as fs from 'node:fs';

/** On Linux by what the kernel lists; elsewhere there is no such list, and Node's own handles count. */
export function openSockets(): number {
  if (process.platform !== 'linux') {
    return process.getActiveResourcesInfo().filter((name) => name.includes('TCP')).length;
  }
  return fs.readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
    } catch {
      return false; // The descriptor of the folder itself, closed by now.
    }
  }).length;
}

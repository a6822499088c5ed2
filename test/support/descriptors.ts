// Which sockets this process has open.

import * as fs from 'node:fs';

/** On Linux: the descriptors that are sockets, by the kernel's name for the socket. */
export function socketDescriptors(): Map<string, number> {
  const sockets = new Map<string, number>();
  for (const fd of fs.readdirSync('/proc/self/fd')) {
    try {
      const name = fs.readlinkSync(`/proc/self/fd/${fd}`);
      if (name.startsWith('socket:')) sockets.set(name, Number(fd));
    } catch {
      // The descriptor that listed the folder is closed by now.
    }
  }
  return sockets;
}

/** How many: on Linux by the kernel's list; elsewhere there is none, and Node's own handles count. */
export function openSockets(): number {
  if (process.platform === 'linux') return socketDescriptors().size;
  return process.getActiveResourcesInfo().filter((name) => name.includes('TCP')).length;
}

// What Electron does before an app's first line, as far as an addon notices: it says that it is Electron,
// and loads an addon of an archive from the folder beside the archive (electronjs.org, "ASAR Archives").
// The archive itself is a folder here; Electron shows it to Node as one.

import { EventEmitter } from 'node:events';
import * as path from 'node:path';

const versions = { ...process.versions, electron: '41.7.1' };
Object.defineProperty(process, 'versions', { value: Object.freeze(versions) });

const ARCHIVE = `${path.sep}app.asar${path.sep}`;
const BESIDE = `${path.sep}app.asar.unpacked${path.sep}`;

if (process.env.STAND_IN_UNPACKS !== 'no') {
  const dlopen = process.dlopen.bind(process) as (...call: unknown[]) => void;
  process.dlopen = (module: object, file: string, ...flags: unknown[]): void => {
    dlopen(module, file.replace(ARCHIVE, BESIDE), ...flags);
  };
}

if (process.send) {
  const port = Object.assign(new EventEmitter(), {
    postMessage: (message: object): void => void process.send?.(message),
  });
  process.on('message', (data) => port.emit('message', { data }));
  Object.assign(process, { parentPort: port });
}

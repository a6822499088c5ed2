#!/usr/bin/env node
// Called by prebuildify like node-gyp ("rebuild --arch=x64 …"), in the folder to build in: builds for
// Windows with cmake-js and mingw-w64, and leaves the binary where node-gyp would have left it. node-gyp
// itself cannot build for another operating system.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const { MINGW_PROCESSOR, npm_config_nodedir: nodedir } = process.env;
const { status } = spawnSync(
  process.execPath,
  [
    ...['node_modules/cmake-js/bin/cmake-js', 'build', '--out', 'build', '--config', 'Release'],
    `--CDCMAKE_TOOLCHAIN_FILE=${path.resolve('cmake', `mingw-w64-${MINGW_PROCESSOR}.cmake`)}`,
    `--CDNODE_INCLUDE_DIR=${path.join(nodedir, 'include/node')}`,
  ],
  { stdio: 'inherit' },
);
if (status === 0 && !fs.existsSync('build/Release/connect_by_list.node')) {
  throw new Error('cmake-js has left no build/Release/connect_by_list.node');
}
process.exitCode = status ?? 1;

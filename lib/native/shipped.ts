// The binaries of prebuilds/, each by a require() that a bundler can read: it carries the files along, or fails at build
// time and names them. Node itself finds them by node-gyp-build.

import { glibcVersion } from './glibc';

/* eslint-disable @typescript-eslint/no-require-imports -- an addon is not loaded by import */

/** The addon for this platform, or the path that a bundler has put in its place; undefined where none is shipped. */
export function requireShipped(): unknown {
  switch (`${process.platform}-${process.arch}`) {
    case 'linux-x64':
      return glibcVersion() === undefined
        ? require('../../prebuilds/linux-x64/node.napi.musl.node')
        : require('../../prebuilds/linux-x64/node.napi.node');
    case 'linux-arm64':
      return glibcVersion() === undefined
        ? require('../../prebuilds/linux-arm64/node.napi.armv8.musl.node')
        : require('../../prebuilds/linux-arm64/node.napi.armv8.node');
    case 'linux-arm':
      return require('../../prebuilds/linux-arm/node.napi.armv7.node');
    case 'win32-x64':
      return require('../../prebuilds/win32-x64/node.napi.node');
    case 'win32-ia32':
      return require('../../prebuilds/win32-ia32/node.napi.node');
    default:
      return undefined;
  }
}

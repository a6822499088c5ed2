// The prebuilt binaries that are made on one Linux machine, and where each goes.
//
// The names are the ones that two finders agree on. @electron/rebuild takes exactly `node.napi.node`, or
// `node.napi.armv8.node` on arm64. node-gyp-build reads what is between the dots as tags and takes the file
// whose tags all fit, the one with more of them first: on Alpine `node.napi.musl.node` goes before
// `node.napi.node`, elsewhere it is no candidate.

/** The oldest glibc that a binary may need; Node 20's own binaries need it. zig links against its names. */
export const GLIBC_FLOOR = '2.28';

const ALL = ['packaging/build.mjs', 'packaging/targets.mjs', 'src-native'];
const LINUX = [...ALL, 'binding.gyp', 'packaging/exports.map'];
const WINDOWS = [...ALL, 'CMakeLists.txt', 'cmake', 'packaging/cmake-js-for-prebuildify.mjs'];

/**
 * zig: the target in its words. mingw: the processor in mingw-w64's. sources: the files and folders that it
 * is made from, but for `except`.
 */
export const TARGETS = [
  linux('x64', `x86_64-linux-gnu.${GLIBC_FLOOR}`, 'node.napi.node'),
  linux('x64', 'x86_64-linux-musl', 'node.napi.musl.node', ['--tag-libc', '--libc=musl']),
  linux('arm64', `aarch64-linux-gnu.${GLIBC_FLOOR}`, 'node.napi.armv8.node', [
    '--tag-armv',
    '--armv=8',
  ]),
  linux('arm64', 'aarch64-linux-musl', 'node.napi.armv8.musl.node', [
    ...['--tag-armv', '--armv=8'],
    ...['--tag-libc', '--libc=musl'],
  ]),
  linux('arm', `arm-linux-gnueabihf.${GLIBC_FLOOR}`, 'node.napi.armv7.node', [
    '--tag-armv',
    '--armv=7',
  ]),
  windows('x64', 'x86_64'),
  windows('ia32', 'i686'),
];

function linux(arch, zig, name, tags = []) {
  const file = `linux-${arch}/${name}`;
  return { file, platform: 'linux', arch, zig, tags, sources: LINUX, except: 'src-native/winsock' };
}

function windows(arch, mingw) {
  const file = `win32-${arch}/node.napi.node`;
  return {
    file,
    platform: 'win32',
    arch,
    mingw,
    tags: [],
    sources: WINDOWS,
    except: 'src-native/posix',
  };
}

// Makes one prebuilt binary. prebuildify drives each build and puts the file in its place; it runs node-gyp
// for Linux and, because it takes any program that is called like node-gyp, cmake-js for Windows.
//
// Linux: zig is the compiler, because one package from npm has clang, libc++, and the headers and names of
// every glibc and of musl for every processor. So the result does not depend on this machine's compiler
// and libraries, and needs no libstdc++ where it runs. binding.gyp gives the flags, as on a user's machine.
// Windows: mingw-w64 from the distribution; cmake/ gives the flags.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { tools } from './tools.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const HERE = fileURLToPath(new URL('.', import.meta.url));
const WORK = path.join(ROOT, 'build-prebuilds');
/** What a build reads. In a folder of its own it leaves the developer's build/ alone. */
const STAGED = ['package.json', 'binding.gyp', 'CMakeLists.txt', 'cmake', 'src-native'];

/** Empty in every run: what is made comes from the sources and not from an earlier run. */
const ZIG_CACHE = newScratch('zig-cache');

/** An empty folder for what is made. */
export function newScratch(name) {
  const folder = path.join(WORK, name);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  return folder;
}

/** Makes the binary of `target` under `out`/prebuilds/. */
export function build(target, out) {
  const stage = newScratch('stage');
  for (const name of STAGED) {
    fs.cpSync(path.join(ROOT, name), path.join(stage, name), { recursive: true });
  }
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(stage, 'node_modules'));

  const headers = path.join(tools(), 'node-20-x64');
  const options = [
    ...['--napi', '--name=node.napi', '--target=20.20.2', '--out', out],
    ...[`--platform=${target.platform}`, `--arch=${target.arch}`, ...target.tags],
  ];
  if (target.mingw) options.push('--node-gyp', path.join(HERE, 'cmake-js-for-prebuildify.mjs'));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(ROOT, 'node_modules/prebuildify/bin.js'), ...options],
    {
      cwd: stage,
      env: {
        ...process.env,
        npm_config_nodedir: headers,
        JOBS: '2',
        ...(target.zig ? zigEnvironment(target.zig, stage) : { MINGW_PROCESSOR: target.mingw }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    },
  );
  if (status === 0) return path.join(out, 'prebuilds', target.file);
  process.stderr.write(`${stdout}${stderr}`);
  throw new Error(`${target.file} could not be built`);
}

function zigEnvironment(target, stage) {
  const zig = path.join(tools(), 'zig/zig');
  return {
    CC: `${zig} cc -target ${target}`,
    CXX: `${zig} c++ -target ${target}`,
    CXXFLAGS: `-ffile-prefix-map=${stage}=.`,
    // -s instead of prebuildify's --strip: this machine's strip does not know other processors.
    LDFLAGS: `-s -Wl,--build-id=none -Wl,--version-script=${path.join(HERE, 'exports.map')}`,
    ZIG_GLOBAL_CACHE_DIR: ZIG_CACHE,
    ZIG_LOCAL_CACHE_DIR: ZIG_CACHE,
  };
}

/** Who made it, in words: two builds can be compared only where this is the same. */
export function compiler({ zig, mingw }) {
  if (zig) return `zig ${run(path.join(tools(), 'zig/zig'), ['version'])} for ${zig}`;
  const tool = (name) => run(`${mingw}-w64-mingw32-${name}`, ['--version']).split('\n')[0];
  return `${tool('g++-posix')}, ${tool('ld')}`;
}

function run(command, args) {
  const { status, stdout, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  throw new Error(
    `${command} is missing (${error?.code ?? status}). On Debian or Ubuntu: ` +
      'apt-get install cmake g++-mingw-w64-x86-64-posix g++-mingw-w64-i686-posix',
  );
}

// What every prebuilt binary must be, whoever made it: reads the file with binutils and answers with the
// faults it finds, in words.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';

import { GLIBC_FLOOR } from './targets.mjs';

/** What Node looks an addon up by. */
const ENTRIES = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];
const GLIBC = /^(lib(c|m|dl|pthread)\.so\.\d|ld-linux-(x86-64|aarch64|armhf)\.so\.\d)$/;
/** The one name of musl's library, which its loader answers to itself. */
const MUSL = /^libc\.so$/;
/** ADVAPI32 has the random numbers that mingw-w64's stack protector begins with. */
const WINDOWS = /^(ADVAPI32|KERNEL32|WS2_32|IPHLPAPI|msvcrt)\.dll$/i;
/** Folders of the machine that it was made on. */
const PATHS =
  /(\/(home|root|tmp|usr|opt|var|work|build|Users)\/|\b[A-Z]:\\\w+\\|node_modules)[\w./\\-]*/;
const MACHINES = {
  x64: { elf: 'Advanced Micro Devices X86-64', pe: 0x8664 },
  arm64: { elf: 'AArch64', pe: 0xaa64 },
  arm: { elf: 'ARM' },
  ia32: { pe: 0x14c },
};

export function faults(target, file) {
  const bytes = fs.readFileSync(file);
  const found =
    target.platform === 'win32' ? peFaults(target, file, bytes) : elfFaults(target, file);
  const [leak] = PATHS.exec(bytes.toString('latin1')) ?? [];
  if (leak) found.push(`names a path of the machine that made it: ${leak}`);
  return found;
}

function elfFaults({ arch, zig }, file) {
  const musl = zig.endsWith('musl');
  const header = run('readelf', ['-hW', file]);
  const sections = run('readelf', ['-SW', file]);
  const dynamic = run('readelf', ['-dW', file]);
  const symbols = run('readelf', ['-W', '--dyn-syms', file]);

  const found = [];
  if (!new RegExp(`Machine: +${MACHINES[arch].elf}$`, 'm').test(header))
    found.push(`is not for ${arch}`);
  if (/ \.(symtab|debug\w*) /.test(sections)) found.push('is not stripped');
  for (const [, library] of dynamic.matchAll(/\(NEEDED\).*\[(.*)\]/g)) {
    if (!(musl ? MUSL : GLIBC).test(library)) found.push(`needs ${library}`);
  }
  const floor = glibcFloor(file);
  if (musl ? floor : !floor) found.push(musl ? 'needs glibc' : 'needs no glibc at all');
  if (floor && newer(floor, GLIBC_FLOOR)) found.push(`needs glibc ${floor}, above ${GLIBC_FLOOR}`);

  const exported = [...symbols.matchAll(/ (?:GLOBAL|WEAK) +DEFAULT +\d+ (\S+)/g)].map((m) => m[1]);
  const strangers = exported.filter((name) => !ENTRIES.includes(name));
  if (strangers.length > 0) found.push(`exports ${strangers.join(', ')}`);
  if (exported.length < ENTRIES.length) found.push('has no entry for Node');
  return found;
}

/** The newest version of glibc that one of the symbols asks for. */
export function glibcFloor(file) {
  const versions = run('readelf', ['-W', '--version-info', file]).matchAll(/\bGLIBC_([\d.]+)/g);
  return [...versions].map((match) => match[1]).reduce((a, b) => (newer(b, a) ? b : a), '');
}

function newer(a, b) {
  const [x, y] = [a, b].map((version) => version.split('.').map(Number));
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const difference = (x[i] ?? 0) - (y[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

function peFaults({ arch }, file, bytes) {
  const found = [];
  // "PE\0\0", then the COFF header: the machine, how many sections, and when it was linked.
  const coff = bytes.readUInt32LE(0x3c) + 4;
  if (bytes.readUInt16LE(coff) !== MACHINES[arch].pe) found.push(`is not for ${arch}`);
  if (bytes.readUInt32LE(coff + 4) !== 0) found.push('has the time of its making in it');
  if (bytes.readUInt32LE(coff + 12) !== 0) found.push('is not stripped');
  const text = run('objdump', ['-p', file]);
  const libraries = [...text.matchAll(/DLL Name: (\S+)/g)].map((match) => match[1]);
  for (const library of libraries) {
    if (!WINDOWS.test(library)) found.push(`needs ${library}`);
  }
  if (!ENTRIES.every((name) => text.includes(name))) found.push('has no entry for Node');
  return found;
}

function run(command, args) {
  try {
    return execFileSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    throw new Error(`${command} is missing. On Debian or Ubuntu: apt-get install binutils`, {
      cause: error,
    });
  }
}

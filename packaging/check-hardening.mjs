// node packaging/check-hardening.mjs FILE…: fails when a binary lacks what makes an error in it harder to
// abuse. It reads the files themselves, so that a flag which the toolchain dropped is noticed.
//
// ELF: the stack protector; full RELRO (the table of imports is bound at the start, and read-only from then
// on); a stack that is not executable; no relocation in the code. PE: ASLR, with relocations to move it by,
// and of 64 bit where the processor has it; DEP; the stack protector; Control Flow Guard where the linker is
// Microsoft's (gcc has none). _FORTIFY_SOURCE leaves a trace only where a size is not known when compiling:
// it is in the flags (binding.gyp, CMakeLists.txt), and told of here where it shows.

import fs from 'node:fs';
import process from 'node:process';

/** Where the fields of an ELF file are, by its class: 32 bit and 64 bit. */
const ELF = {
  1: {
    ...{ table: 28, size: 42, count: 44, flags: 24, offset: 4, length: 16, entry: 8 },
    word: (bytes, at) => bytes.readUInt32LE(at),
  },
  2: {
    ...{ table: 32, size: 54, count: 56, flags: 4, offset: 8, length: 32, entry: 16 },
    word: (bytes, at) => Number(bytes.readBigUInt64LE(at)),
  },
};

const files = process.argv.slice(2);
if (files.length === 0) throw new Error('Which binaries? node packaging/check-hardening.mjs FILE…');
let failed = 0;
for (const file of files) {
  const { missing, notes } = inspect(fs.readFileSync(file));
  if (missing.length > 0) failed++;
  const verdict = missing.length > 0 ? `lacks ${missing.join(', ')}` : 'is hardened';
  console.log(`${file} ${verdict}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`);
}
console.log(`hardening: ${files.length - failed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed > 0 ? 1 : 0;

function inspect(bytes) {
  if (bytes.readUInt32BE(0) === 0x7f454c46) return inspectElf(bytes);
  if (bytes.readUInt16LE(0) === 0x5a4d) return inspectPe(bytes);
  return { missing: ['a format that this script knows: ELF or PE'], notes: [] };
}

/** "Executable and Linkable Format", System V ABI, edition 4.1, chapter 5; little-endian. */
function inspectElf(bytes) {
  const LITTLE_ENDIAN = 1;
  const fields = ELF[bytes[4]];
  if (!fields || bytes[5] !== LITTLE_ENDIAN) {
    return { missing: ['an order of bytes that this script reads: little-endian'], notes: [] };
  }
  const { word } = fields;
  const segments = [];
  const start = word(bytes, fields.table);
  const size = bytes.readUInt16LE(fields.size);
  const count = bytes.readUInt16LE(fields.count);
  for (let at = start; at < start + count * size; at += size) {
    segments.push({
      type: bytes.readUInt32LE(at),
      flags: bytes.readUInt32LE(at + fields.flags),
      offset: word(bytes, at + fields.offset),
      length: word(bytes, at + fields.length),
    });
  }
  const [PT_DYNAMIC, PT_GNU_STACK, PT_GNU_RELRO, EXECUTABLE] = [2, 0x6474e551, 0x6474e552, 1];
  const stack = segments.find(({ type }) => type === PT_GNU_STACK);
  const relro = segments.some(({ type }) => type === PT_GNU_RELRO);
  const dynamic = new Map();
  const table = segments.find(({ type }) => type === PT_DYNAMIC);
  for (let at = table.offset; at < table.offset + table.length; at += fields.entry) {
    dynamic.set(word(bytes, at), BigInt(word(bytes, at + fields.entry / 2)));
  }
  const [DT_TEXTREL, DT_BIND_NOW, DT_FLAGS, DT_FLAGS_1] = [22, 24, 30, 0x6ffffffb];
  const has = (tag, bit) => ((dynamic.get(tag) ?? 0n) & bit) !== 0n;
  const bindsNow = dynamic.has(DT_BIND_NOW) || has(DT_FLAGS, 8n) || has(DT_FLAGS_1, 1n);
  const text = bytes.toString('latin1');
  const checked = text.match(/(?<=\0)__(?!stack)\w+_chk(?=\0)/g) ?? [];
  return {
    missing: [
      ...(text.includes('\0__stack_chk_fail\0') ? [] : ['the stack protector']),
      ...(relro && bindsNow ? [] : ['full RELRO']),
      ...(stack && (stack.flags & EXECUTABLE) === 0 ? [] : ['a stack that is not executable']),
      ...(dynamic.has(DT_TEXTREL) || has(DT_FLAGS, 4n) ? ['code without relocations'] : []),
    ],
    notes: checked.length > 0 ? [`fortified: ${checked.join(', ')}`] : [],
  };
}

/** "PE Format", learn.microsoft.com/windows/win32/debug/pe-format. */
function inspectPe(bytes) {
  const header = bytes.readUInt32LE(0x3c) + 24;
  const is64 = bytes.readUInt16LE(header) === 0x20b;
  const linker = bytes[header + 2];
  const characteristics = bytes.readUInt16LE(header + 70);
  const [HIGH_ENTROPY_VA, DYNAMIC_BASE, NX_COMPAT, GUARD_CF] = [0x20, 0x40, 0x100, 0x4000];
  const has = (flag) => (characteristics & flag) !== 0;
  const RELOCATIONS = 5;
  const directories = header + (is64 ? 112 : 96);
  const relocations = bytes.readUInt32LE(directories + RELOCATIONS * 8 + 4);
  const sections = header + bytes.readUInt16LE(header - 4);
  const [EXECUTE, WRITE] = [0x20000000, 0x80000000];
  const flags = Array.from({ length: bytes.readUInt16LE(header - 18) }, (_, i) =>
    bytes.readUInt32LE(sections + i * 40 + 36),
  );
  const isMixed = flags.some((flag) => flag & EXECUTE && flag & WRITE);
  // Microsoft's linker counts from 14 on since 2015; that of binutils says 2.
  const isMicrosoft = linker >= 14;
  const protects = isMicrosoft
    ? securityCookie(bytes, directories, sections, flags.length, is64) !== 0
    : bytes.includes('stack smashing detected');
  return {
    missing: [
      ...(has(DYNAMIC_BASE) && relocations > 0 ? [] : ['ASLR']),
      ...(is64 && !has(HIGH_ENTROPY_VA) ? ['ASLR of 64 bit'] : []),
      ...(has(NX_COMPAT) ? [] : ['DEP']),
      ...(isMixed ? ['sections that are either writable or executable'] : []),
      ...(protects ? [] : ['the stack protector']),
      ...(isMicrosoft && !has(GUARD_CF) ? ['Control Flow Guard'] : []),
    ],
    notes: has(GUARD_CF) || isMicrosoft ? [] : ['gcc has no Control Flow Guard'],
  };
}

/** What /GS compares with: the field of the load configuration directory; 0 where there is none. */
function securityCookie(bytes, directories, sections, count, is64) {
  const LOAD_CONFIG = 10;
  const address = bytes.readUInt32LE(directories + LOAD_CONFIG * 8);
  for (let at = sections; address !== 0 && at < sections + count * 40; at += 40) {
    const [size, start, , offset] = [8, 12, 16, 20].map((field) => bytes.readUInt32LE(at + field));
    if (address < start || address >= start + size) continue;
    const config = offset + address - start;
    return is64 ? Number(bytes.readBigUInt64LE(config + 88)) : bytes.readUInt32LE(config + 60);
  }
  return 0;
}

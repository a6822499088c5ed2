// The one question that the Windows lane asks the kernel (test/windows/lane/i386.sh), and each of its answers.

import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const SCRIPT = path.join(__dirname, '../../test/windows/lane/i386.sh');
const hasBash = process.platform === 'linux' && !spawnSync('bash', ['--version']).error;
const onLinux = hasBash && fs.existsSync(SCRIPT) ? describe : describe.skip;

function bash(command: string): { status: number | null; stdout: string; stderr: string } {
  const script = `set -eu; . '${SCRIPT}'; ${command}`;
  return spawnSync('bash', ['-c', script], { encoding: 'utf8' });
}

onLinux('whether the kernel runs 32-bit programs', () => {
  let folder: string;
  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-by-list-i386-'));
  });
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  function file(name: string, content: string | Buffer, mode = 0o755): string {
    const made = path.join(folder, name);
    fs.writeFileSync(made, content, { mode });
    return made;
  }

  test('is answered with yes or no', () => {
    expect(bash('runs_i386_programs').stdout).toMatch(/^(yes|no)\n$/);
  });

  test('a program that exits with 0 is a yes', () => {
    const program = file('exits', '#!/bin/sh\nexit 0\n');
    expect(bash(`runs_program ${program}`)).toMatchObject({ stdout: 'yes\n', status: 0 });
  });

  test('one whose format the kernel does not run is a no', () => {
    const i386 = path.join(folder, 'i386');
    expect(bash(`write_i386_program ${i386}`).status).toBe(0);
    // The same for a machine that there never was.
    const program = fs.readFileSync(i386);
    program.writeUInt16LE(0xbeef, 18);
    const other = file('other', program);
    expect(bash(`runs_program ${other}`)).toMatchObject({ stdout: 'no\n', status: 0 });
  });

  test('the program that is tried is a 32-bit executable for the i386', () => {
    const i386 = path.join(folder, 'looked-at');
    bash(`write_i386_program ${i386}`);
    const program = fs.readFileSync(i386);
    expect(program.subarray(0, 5).toString('latin1')).toBe('\x7fELF\x01');
    expect([program.readUInt16LE(16), program.readUInt16LE(18)]).toEqual([2, 3]);
    expect(program.length).toBe(program.readUInt32LE(52 + 16));
  });

  test.each([
    ['fails', '#!/bin/sh\nexit 3\n', 0o755],
    ['says the words and fails otherwise', '#!/bin/sh\necho Exec format error\nexit 1\n', 0o755],
    ['is killed', '#!/bin/sh\nkill -KILL $$\n', 0o755],
    ['may not be run', '#!/bin/sh\nexit 0\n', 0o644],
  ])('anything else says nothing of the kernel: one that %s', (name, content, mode) => {
    const program = file(name.replaceAll(' ', '-'), content, mode);
    const { status, stdout } = bash(`runs_program ${program}`);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  });

  test('nor does one that is not there', () => {
    expect(bash(`runs_program ${folder}/none`).status).toBe(1);
  });
});

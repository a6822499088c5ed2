// The check that guards prebuilds/ sees what it is there to see.

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

import { ROOT, run } from './app';

const MANIFEST = fs.readFileSync(path.join(ROOT, 'prebuilds/manifest.json'), 'utf8');
const COUNT = Object.keys(JSON.parse(MANIFEST) as object).length;
const BINARY = 'prebuilds/linux-x64/node.napi.node';

let copy: string;
beforeEach(() => {
  copy = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-by-list-check-'));
  for (const name of [
    ...['binding.gyp', 'CMakeLists.txt', 'package-lock.json'],
    ...['cmake', 'packaging', 'prebuilds', 'src-native'],
  ]) {
    fs.cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true });
  }
});
afterEach(() => {
  fs.rmSync(copy, { recursive: true });
});

test('what is in the repository is current', () => {
  const { status, output } = check();
  expect(output).toContain('binaries are current');
  expect(status).toBe(0);
});

test('a changed source makes those stale that are made from it', () => {
  fs.appendFileSync(path.join(copy, 'src-native/posix/socket_ops.cc'), 'int changed;\n');
  const { status, output } = check();
  expect(output).toContain('linux-x64/node.napi.node was made from other sources');
  expect(output).toContain('linux-arm64/node.napi.armv8.node was made from other sources');
  expect(output).not.toContain('win32');
  expect(status).toBe(1);
});

test('a changed comment makes none stale', () => {
  for (const file of ['src-native/posix/socket_ops.cc', 'src-native/core/race.h']) {
    const full = path.join(copy, file);
    const changed = fs.readFileSync(full, 'utf8').replace('//', '// Changed.\n//');
    fs.writeFileSync(full, `${changed}\n/* "And */ // 'one more.\n`);
  }
  const { status, output } = check();
  expect(output).toContain('binaries are current');
  expect(status).toBe(0);
});

test('what only looks like a comment is part of the source', () => {
  const file = path.join(copy, 'src-native/core/address.cc');
  fs.appendFileSync(file, 'const char* text = "// Changed.";\n');
  const { output } = check();
  expect(output).toContain('linux-x64/node.napi.node was made from other sources');
});

test('so does another version of what is compiled in', () => {
  const file = path.join(copy, 'package-lock.json');
  const lock = JSON.parse(fs.readFileSync(file, 'utf8')) as {
    packages: Record<string, { integrity?: string }>;
  };
  lock.packages['node_modules/node-addon-api'] = { integrity: 'another' };
  fs.writeFileSync(file, JSON.stringify(lock));
  const { status, output } = check();
  expect(output.match(/was made from other sources/g)).toHaveLength(COUNT);
  expect(status).toBe(1);
});

test('a binary that is missing, and one that nobody knows', () => {
  fs.renameSync(path.join(copy, BINARY), path.join(copy, 'prebuilds/linux-x64/other.node'));
  const { status, output } = check();
  expect(output).toContain('linux-x64/node.napi.node is missing');
  expect(output).toContain('linux-x64/other.node is no target');
  expect(status).toBe(1);
});

test("a binary of this machine's own compiler, instead of the one in the manifest", () => {
  const built = path.join(ROOT, 'build/Release/connect_by_list.node');
  fs.copyFileSync(built, path.join(copy, BINARY));
  const { status, output } = check();
  expect(output).toContain(`${BINARY.slice('prebuilds/'.length)} is not the manifest's`);
  expect(output).toContain('needs libstdc++.so.6');
  expect(output).toContain('is not stripped');
  expect(status).toBe(1);
});

function check(): { status: number | null; output: string } {
  return run(copy, [process.execPath, 'packaging/check.mjs']);
}

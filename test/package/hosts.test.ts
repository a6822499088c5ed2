// The binaries as they are packed, each on every Node that is available for it.

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

import { type App, makeApp, report, ROOT, run } from './app';

const SYSROOT = '/usr/aarch64-linux-gnu';
const SYSROOT_ARM = '/usr/arm-linux-gnueabihf';
const TOOLS = execFileSync(
  process.execPath,
  [
    '--input-type=module',
    '--eval',
    `import { tools } from '${path.join(ROOT, 'packaging/tools.mjs')}'; console.log(tools());`,
  ],
  { encoding: 'utf8' },
).trim();

const LANE = path.join(ROOT, 'test/windows/lane');
const runs32Bit =
  execFileSync('bash', ['-c', `set -eu; . '${LANE}/i386.sh'; runs_i386_programs`], {
    encoding: 'utf8',
    // Without the runtime of a sanitizer: there is none for a 32-bit program.
    env: { ...process.env, LD_PRELOAD: '' },
  }).trim() === 'yes';

let app: App;
beforeAll(() => {
  app = makeApp();
}, 300_000);
afterAll(() => {
  app.remove();
});

test.each(['20', '22', '24', '26'])('on x64 Linux it connects with Node %s', (version) => {
  const { binary, ...rest } = report(app, [node(`node-${version}-x64`)]);
  expect(rest).toMatchObject({ platform: 'linux', arch: 'x64' });
  expect(rest.version).toMatch(new RegExp(`^v${version}\\.`));
  expect(binary).toBe('prebuilds/linux-x64/node.napi.node');
});

test.each(['22', '26'])(
  'on arm64 Linux it connects with Node %s',
  (version) => {
    needs(`${SYSROOT}/lib/libstdc++.so.6`, 'libstdc++6-arm64-cross libatomic1-arm64-cross');
    needs('/usr/bin/qemu-aarch64', 'qemu-user');
    const { binary, ...rest } = report(app, [
      ...['/usr/bin/qemu-aarch64', '-L', SYSROOT],
      node(`node-${version}-arm64`),
    ]);
    expect(rest).toMatchObject({ platform: 'linux', arch: 'arm64' });
    expect(rest.version).toMatch(new RegExp(`^v${version}\\.`));
    expect(binary).toBe('prebuilds/linux-arm64/node.napi.armv8.node');
  },
  300_000,
);

test('on armv7 Linux it connects with Node 20', () => {
  needs(`${SYSROOT_ARM}/lib/libstdc++.so.6`, 'libstdc++6-armhf-cross libatomic1-armhf-cross');
  needs('/usr/bin/qemu-arm', 'qemu-user');
  const { binary, ...rest } = report(app, [
    ...['/usr/bin/qemu-arm', '-L', SYSROOT_ARM],
    node('node-20-arm'),
  ]);
  expect(rest).toMatchObject({ platform: 'linux', arch: 'arm' });
  expect(binary).toBe('prebuilds/linux-arm/node.napi.armv7.node');
}, 300_000);

/** What the kernel does not run cannot be run on it: test/windows/run.mjs says so in its line. */
const WINDOWS = ['node-20-x64', 'node-22-x64', 'node-24-x64', 'node-26-x64', 'node-22-ia32'].filter(
  (name) => runs32Bit || name.endsWith('x64'),
);
test.each(WINDOWS)(
  "on Windows' own %s, on Wine, it connects",
  (name) => {
    const [, version = '', arch = ''] = name.split('-');
    const lane = path.join(LANE, 'run.sh');
    const { binary, ...rest } = report(
      app,
      [lane, name, app.folder, '--'],
      'Z:\\stage\\program.mjs',
    );
    expect(rest).toMatchObject({ platform: 'win32', arch });
    expect(rest.version).toMatch(new RegExp(`^v${version}\\.`));
    expect(binary).toBe(`prebuilds/win32-${arch}/node.napi.node`);
  },
  300_000,
);

test("musl's own loader finds all that the binary for musl needs", () => {
  // No Node for musl is available from a registry, so this loads it and does not connect. What Node would
  // lend it is here by name only.
  needs('/usr/bin/musl-gcc', 'musl-tools');
  const binary = path.join(app.installed, 'prebuilds/linux-x64/node.napi.musl.node');
  const lent = run(app.folder, ['readelf', '-W', '--dyn-syms', binary])
    .output.split('\n')
    .map((line) => /UND ((?:napi|node_api|uv)_\w+)/.exec(line)?.[1])
    .filter((name) => name !== undefined);
  expect(lent).toContain('uv_poll_start');
  const source = [
    ...['dlfcn.h', 'stdio.h', 'stdlib.h'].map((name) => `#include <${name}>`),
    ...lent.map((name) => `void ${name}(void) { abort(); }`),
    'int main(int count, char **names) {',
    '  void *addon = dlopen(names[count - 1], RTLD_NOW | RTLD_LOCAL);',
    '  if (addon && dlsym(addon, "napi_register_module_v1")) return 0;',
    '  puts(dlerror());',
    '  return 1;',
    '}',
  ];
  fs.writeFileSync(path.join(app.folder, 'loader.c'), source.join('\n'));
  const built = run(app.folder, ['musl-gcc', '-rdynamic', 'loader.c', '-o', 'loader']);
  expect(built).toEqual({ status: 0, output: '' });
  expect(run(app.folder, ['./loader', binary])).toEqual({ status: 0, output: '' });
});

function node(name: string): string {
  return path.join(TOOLS, name, 'bin/node');
}

function needs(file: string, packages: string): void {
  if (fs.existsSync(file)) return;
  throw new Error(`${file} is missing. On Debian or Ubuntu: apt-get install ${packages}`);
}

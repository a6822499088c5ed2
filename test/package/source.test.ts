// Where no binary fits: what is said, and that the command which is named there builds one.

import * as fs from 'node:fs';
import * as path from 'node:path';

import { type App, BUILD_MS, makeApp, report, run } from './app';

const FAIL = "require('connect-by-list').sortAddressPairs(['127.0.0.1:1']).catch(console.log)";

let app: App;
beforeAll(() => {
  app = makeApp();
}, 300_000);
afterAll(() => {
  app.remove();
});

test('with --permission and without --allow-addons, that is what is said', () => {
  // Node 20 calls it experimental, the newer ones do not.
  const flag = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission';
  const node = [process.execPath, flag, '--allow-fs-read=*', '--eval', FAIL];
  const { output } = run(app.folder, node);
  expect(output).toMatch(/Error: connect-by-list has no binary that loads on /);
  expect(output).toContain('addons need --allow-addons');
  expect(output).not.toContain('connect-by-list build');
});

test(
  'without a binary the error names the platform and a command that builds one',
  () => {
    const { platform, arch, versions } = process;
    const shipped = path.join(app.installed, `prebuilds/${platform}-${arch}`);
    fs.rmSync(shipped, { recursive: true });
    const { output } = run(app.folder, [process.execPath, '--eval', FAIL]);
    expect(output).toContain(`no binary that loads on ${platform}-${arch}`);
    expect(output).toContain(`Node ${versions.node}, ABI ${versions.modules}`);
    if (platform === 'linux') expect(output).toMatch(/ with (glibc \d+\.\d+|musl) \(/);

    const [, words = ''] = /^ +npx (.*)$/m.exec(output) ?? [];
    expect(words).toBe('connect-by-list build');
    const bin = path.join(app.folder, 'node_modules/.bin');
    const built = run(app.folder, [path.join(bin, 'connect-by-list'), 'build']);
    expect(built.output).toContain('connect-by-list: built ');
    expect(built.status).toBe(0);
    // The one that was built, and nothing else of it is left within the package.
    expect(report(app, [process.execPath]).binary).toMatch(
      /^prebuilds\/[a-z0-9-]+\/node\.napi(\.glibc|\.musl)?\.node$/,
    );
    expect(fs.readdirSync(shipped)).toHaveLength(1);
    expect(fs.existsSync(path.join(app.installed, 'build'))).toBe(false);
  },
  BUILD_MS,
);

test('further words of "build" are a mistake', () => {
  const command = path.join(app.folder, 'node_modules/.bin/connect-by-list');
  const { status, output } = run(app.folder, [command, 'build', 'x']);
  expect(output).toContain('"build" takes no further words.');
  expect(status).toBe(2);
});

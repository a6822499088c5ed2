// Where no binary fits: what is said, and that the packed sources build.

import * as fs from 'node:fs';
import * as path from 'node:path';

import { type App, BUILD_MS, makeApp, npm, report, run } from './app';

const FAIL = "require('connect-by-list').sortAddressPairs(['127.0.0.1:1']).catch(console.log)";
const BUILT = 'build/Release/connect_by_list.node';

let app: App;
beforeAll(() => {
  app = makeApp();
}, 300_000);
afterAll(() => {
  app.remove();
});

test(
  '"npm rebuild --build-from-source" builds it from what is in the tarball',
  () => {
    npm(app.folder, 'rebuild', 'connect-by-list', '--build-from-source');
    expect(report(app, [process.execPath]).binary).toBe(BUILT);
    fs.rmSync(path.join(app.installed, 'build'), { recursive: true });
  },
  BUILD_MS,
);

test('an install runs no compiler where a binary fits', () => {
  npm(app.folder, 'rebuild', 'connect-by-list');
  expect(fs.existsSync(path.join(app.installed, 'build'))).toBe(false);
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
  expect(output).not.toContain('npm rebuild');
});

test(
  'without a binary the error names the platform and a command that helps',
  () => {
    fs.rmSync(path.join(app.installed, 'prebuilds'), { recursive: true });
    const { output } = run(app.folder, [process.execPath, '--eval', FAIL]);
    const { platform, arch, versions } = process;
    expect(output).toContain(`no binary that loads on ${platform}-${arch}`);
    expect(output).toContain(`Node ${versions.node}, ABI ${versions.modules}`);
    if (platform === 'linux') expect(output).toMatch(/ with (glibc \d+\.\d+|musl) \(/);

    const [, options] = /^ +npm (.*)$/m.exec(output) ?? [];
    expect(options).toBeDefined();
    npm(app.folder, ...(options ?? '').split(' '));
    expect(report(app, [process.execPath]).binary).toBe(BUILT);
  },
  BUILD_MS,
);

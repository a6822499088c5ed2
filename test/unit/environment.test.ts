// What is read from the environment, by the sources: nothing there changes what is loaded, beyond what
// node-gyp-build documents. SECURITY.md has the list.

import * as fs from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '../..');

/** Every place that reads a variable: the file, and what is read there. */
function reads(folder: string, pattern: RegExp): string[] {
  return (
    fs
      .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|mts|js|mjs|cc|h)$/.test(name) && !/\.d\.m?ts$/.test(name))
      // Headers of another package, which are packed with it.
      .filter((name) => !name.startsWith('node-addon-api'))
      .flatMap((name) => {
        const text = fs.readFileSync(path.join(ROOT, folder, name), 'utf8');
        return (text.match(pattern) ?? []).map(
          (found) => `${name.replaceAll('\\', '/')}: ${found}`,
        );
      })
      .sort()
  );
}

test('the package reads no variable in JavaScript but the one for its debug output, and the command its own', () => {
  expect(reads('dist', /process\s*\.\s*env\b|\bprocess\[|\benv\b\s*[.[]/g)).toEqual([
    // What node-gyp is found by, and what it is not to inherit.
    'cli/build.js: process.env',
    'cli/build.js: process.env',
    'cli/build.js: process.env',
    // Whether the terminal can draw: the command connects no otherwise for it.
    'cli/main.js: process.env',
  ]);
  expect(reads('dist', /debuglog\)?\('[^']+'\)/g)).toEqual([
    "attempts/diagnostics.js: debuglog)('connect-by-list')",
  ]);
});

const fromSources = fs.existsSync(path.join(ROOT, 'src-native')) ? test : test.skip;

fromSources('the addon reads the size of the thread pool, as libuv does, and nothing else', () => {
  const pattern =
    /\b_?w?(?:secure_|uv_os_)?getenv(?:_s)?\s*\("?[^,)]*|GetEnvironmentVariable\w*|\benviron\b/g;
  expect(reads('src-native', pattern)).toEqual([
    'winsock/thread_pool_slot.cc: uv_os_getenv("UV_THREADPOOL_SIZE"',
  ]);
});

test('node-gyp-build reads what SECURITY.md says', () => {
  const source = fs.readFileSync(require.resolve('node-gyp-build/node-gyp-build.js'), 'utf8');
  const names = new Set(
    Array.from(
      source.matchAll(/process\.env(?:\.(\w+)|\[([^\]]+)\])/g),
      (match) => match[1] ?? match[2],
    ),
  );
  expect([...names].sort()).toEqual([
    'ARM_VERSION',
    'ELECTRON_RUN_AS_NODE',
    'LIBC',
    'PREBUILDS_ONLY',
    "name + '_PREBUILD'",
    'npm_config_arch',
    'npm_config_platform',
  ]);
});

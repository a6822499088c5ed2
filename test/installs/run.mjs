// npm run test:installs: the packed package in the hands of package managers, bundlers, and runtimes that are not Node.
//
//   npm run test:installs                    all of it
//   npm run test:installs -- 'pnpm 12'       what has that in its name
//   npm run test:installs -- --short         one build from the sources, and one single executable
//
// x86-64 Linux. Everything happens in a folder of its own, which is removed.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { tools } from '../../packaging/tools.mjs';
import { bundlerCases } from './bundlers.mjs';
import { managerCases } from './managers.mjs';
import { runtimeCases } from './runtimes.mjs';
import { at, run } from './command.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const isShort = process.argv.includes('--short');
const [asked = ''] = process.argv.slice(2).filter((word) => word !== '--short');

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-by-list-installs-'));
try {
  await runAll(prepare());
} finally {
  fs.rmSync(scratch, { recursive: true, force: true });
}

/** The tarball; Node 24 and nothing else under the name `node`; and an application that the tarball is installed in. */
function prepare() {
  execFileSync(process.execPath, [path.join(ROOT, 'packaging/headers.mjs')]);
  const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', scratch];
  const name = execFileSync('npm', pack, { cwd: ROOT, encoding: 'utf8' }).trim();
  const bin = path.join(scratch, 'bin');
  fs.mkdirSync(bin);
  const node = path.join(tools(), 'node-24-x64/bin/node');
  fs.symlinkSync(node, path.join(bin, 'node'));
  // What these managers call themselves by, to fetch a tool.
  fs.symlinkSync(at('@pnpm/exe.linux-x64/pnpm'), path.join(bin, 'pnpm'));
  fs.symlinkSync(at('@oven/bun-linux-x64/bin/bun'), path.join(bin, 'bunx'));
  const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
  return { scratch, tarball: path.join(scratch, name), node, bin, registry, run, newApp, isShort };
}

/** An empty folder with the application in it. */
function newApp(name, manifest = {}) {
  const folder = path.join(scratch, name.replaceAll(/[^a-z0-9]+/gi, '-'));
  fs.mkdirSync(folder, { recursive: true });
  for (const file of ['app.mjs', 'app.cjs']) {
    fs.copyFileSync(new URL(`app/${file}`, import.meta.url), path.join(folder, file));
  }
  const text = JSON.stringify({ name: 'app', version: '1.0.0', private: true, ...manifest });
  fs.writeFileSync(path.join(folder, 'package.json'), text);
  return folder;
}

async function runAll(context) {
  const cases = [...managerCases(context), ...bundlerCases(context), ...runtimeCases(context)];
  const counts = { passed: 0, failed: 0 };
  for (const { name, check } of cases.filter((one) => one.name.includes(asked))) {
    const startedAt = performance.now();
    try {
      await check();
      counts.passed++;
      console.log(`${name} (${Math.round(performance.now() - startedAt)} ms)`);
    } catch (error) {
      counts.failed++;
      console.log(`${name} FAILED: ${error.stack}`);
    }
  }
  console.log(`installs: ${counts.passed} passed, ${counts.failed} failed`);
  if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1;
}

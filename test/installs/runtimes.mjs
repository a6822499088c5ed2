// Runtimes that are not Node: an error that says so, before the addon is loaded, and never the end of the process.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

import { at, run, runWell } from './command.mjs';

export function runtimeCases({ newApp, tarball, bin, registry }) {
  const env = { PATH: `${bin}:${process.env.PATH}`, npm_config_registry: registry };
  const program = `
    const { connectByList } = require('connect-by-list');
    connectByList(['127.0.0.1:1']).catch((error) => console.log('rejected:', error.message));
  `;
  const runtimes = [
    ['Bun', at('@oven/bun-linux-x64/bin/bun'), []],
    ['Deno', at('@deno/linux-x64-glibc/deno'), ['run', '--allow-all', '--no-config']],
  ];
  return runtimes.map(([name, command, given]) => ({
    name: `${name} is told what lacks`,
    check() {
      const cwd = newApp(`runtime ${name}`);
      const npm = [at('npm-12/bin/npm-cli.js'), 'install', tarball];
      runWell(path.join(bin, 'node'), npm, { cwd, env });
      fs.writeFileSync(path.join(cwd, 'program.cjs'), program);
      const { output, code } = run(command, [...given, 'program.cjs'], { cwd, env });
      assert.match(output, new RegExp(`rejected: .* runs on Node.js and Electron: ${name} `));
      assert.equal(code, 0, output);
    },
  }));
}

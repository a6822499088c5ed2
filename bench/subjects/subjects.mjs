// Who is measured, and how each is started.

import { fileURLToPath } from 'node:url';

import { run } from '../run-command.mjs';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const NODE_26 = fileURLToPath(new URL('../node_modules/node-26/bin/node', import.meta.url));
const PYTHON = '/usr/bin/python3'; // Debian's, which is the one that has Debian's trio.

/**
 * @param build the folder with what was compiled.
 * @returns the subjects by id, each with `label`, `command`, and `hosts` where it reads the list from
 *   /etc/hosts. `node` says which of the two Nodes it runs on, `floor` whose floor it is compared with.
 */
export async function makeSubjects(build) {
  const nodes = { node: process.execPath, node26: NODE_26 };
  const subjects = {};
  for (const [id, node] of Object.entries(nodes)) {
    const version = `Node ${(await run(node, ['--version'])).slice(1)}`;
    const add = (name, label, script, ...args) => {
      subjects[`${name}-${id}`] = {
        label: `${label}, ${version}`,
        command: [node, here(`node/${script}`), ...args],
        node: id,
      };
    };
    add('ours', 'connectByList', 'connect-by-list.mjs');
    add('floor', 'net.connect to one', 'net-connect.mjs', 'floor');
    add('auto', 'autoSelectFamily', 'net-connect.mjs', 'auto');
    if (id === 'node26') {
      add('auto250', 'autoSelectFamily 250 ms', 'net-connect.mjs', 'auto', '250');
    } else {
      add('he', 'happy-eyeballs', 'happy-eyeballs.mjs', 'happy-eyeballs');
      const balena = '@balena/happy-eyeballs/explicit.js';
      add('balena', '@balena/happy-eyeballs', 'happy-eyeballs.mjs', balena);
    }
  }
  return {
    ...subjects,
    asyncio: { label: 'Python asyncio', command: [PYTHON, here('peers.py'), 'asyncio'] },
    trio: { label: 'Python trio', command: [PYTHON, here('peers.py'), 'trio'] },
    go: { label: 'Go net.Dialer', command: [`${build}/dialer`], hosts: true },
    curl: { label: 'curl', command: [process.execPath, here('curl.mjs')] },
    'one-by-one': { label: 'one by one, C', command: [`${build}/one-by-one`] },
  };
}

/** Compiles what has to be. */
export async function buildSubjects(build) {
  const c = (name, source) =>
    run('gcc', [
      '-std=c11',
      '-O2',
      '-Wall',
      '-Wextra',
      '-Wpedantic',
      '-Werror',
      '-o',
      `${build}/${name}`,
      here(source),
    ]);
  await c('one-by-one', 'one-by-one.c');
  await c('delay-router', '../network/delay-router.c');
  await run('go', ['build', '-o', `${build}/dialer`, here('dialer.go')], {
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod', GO111MODULE: 'off' },
  });
}

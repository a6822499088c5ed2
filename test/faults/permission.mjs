// Node's permission model is kept: with --permission and without --allow-net every call says
// ERR_ACCESS_DENIED, and no socket is made, not even for a moment, though an addon could. The preloaded
// library counts.

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { tools } from '../../packaging/tools.mjs';
import { Control, makeControlFile } from './control.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The model has a say in networking from Node 25 on. */
const NODE = 'node-26-x64';

const CALLS = `
  const { connect, connectByList, connectByName } = require('./dist');
  const list = ['127.0.0.1:1', '[::1]:1', 'localhost:1'];
  const code = (promise) => promise.then(() => 'connected', (error) => error.code);
  const socket = connect(list);
  Promise.all([
    code(connectByList(list)),
    code(connectByList(list, { localAddress: '127.0.0.1' })),
    code(connectByName('localhost', 1)),
    code(new Promise((resolve, reject) => socket.on('connect', resolve).on('error', reject))),
  ]).then((codes) => console.log(new Set(codes).size, codes[0]));
`;

/** How many cases are as they should be. Throws where one is not. */
export function checkPermission(shim, controlFile) {
  const denied = run(shim, controlFile, []);
  expect(denied, 'ERR_ACCESS_DENIED', (sockets) => sockets === 0);
  // The same with leave to connect: the counting works, and it was the permission that made the difference.
  expect(run(shim, controlFile, ['--allow-net']), 'ECONNREFUSED', (sockets) => sockets > 0);
  return 2;
}

function run(shim, controlFile, flags) {
  makeControlFile(controlFile);
  const control = new Control(controlFile);
  control.arm(undefined);
  const node = path.join(tools(), NODE, 'bin/node');
  const permissions = ['--permission', '--allow-addons', '--allow-fs-read=*', '--no-warnings'];
  const { stdout, stderr } = spawnSync(node, [...permissions, ...flags, '-e', CALLS], {
    cwd: ROOT,
    env: { ...process.env, LD_PRELOAD: shim, CONNECT_BY_LIST_FAULTS: controlFile },
    encoding: 'utf8',
    timeout: 120_000,
    killSignal: 'SIGKILL',
  });
  return { stdout, stderr, sockets: control.disarm().calls.socket, flags };
}

function expect({ stdout, stderr, sockets, flags }, code, isRight) {
  const said = `with ${flags.join(' ') || 'no leave to connect'}: ${stdout}${stderr}${sockets} sockets`;
  if (stdout !== `1 ${code}\n` || !isRight(sockets)) throw new Error(`permission ${said}`);
  console.log(`faults: permission ${said.replace('\n', ', ')}`);
}

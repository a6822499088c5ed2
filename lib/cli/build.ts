// npx connect-by-list build: builds the addon from the sources of the installed package, for a platform that has no
// binary. node-gyp does the work, in a folder of its own: nothing is compiled within the package, which a package
// manager may share among projects.

import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';

import { glibcVersion } from '../native/glibc';
import { UsageError } from './args';

const PACKAGE = path.join(__dirname, '../..');
/** The newest that runs on every Node that the package runs on. */
const NODE_GYP = 'node-gyp@12';
const NODE_GYP_FILE = 'node-gyp/bin/node-gyp.js';
const GYP = {
  includes: ['src-native/addon.gypi'],
  target_defaults: { include_dirs: ['node-addon-api'] },
};

/** Throws what there is to say where it fails. Answers with the file that was built. */
export function build(words: readonly string[]): string {
  if (words.length > 0) throw new UsageError('"build" takes no further words.');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-by-list-build-'));
  try {
    stage(folder);
    runNodeGyp(folder);
    return install(path.join(folder, 'build/Release/connect_by_list.node'));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function stage(folder: string): void {
  copy(path.join(PACKAGE, 'src-native'), path.join(folder, 'src-native'));
  copy(path.join(PACKAGE, 'dist/node-addon-api'), path.join(folder, 'node-addon-api'));
  fs.writeFileSync(path.join(folder, 'binding.gyp'), JSON.stringify(GYP));
}

/** File by file: under Yarn's Plug'n'Play the package may be within an archive, which fs.cp() does not look into. */
function copy(from: string, to: string): void {
  fs.mkdirSync(to);
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) copy(source, target);
    else fs.writeFileSync(target, fs.readFileSync(source));
  }
}

function runNodeGyp(folder: string): void {
  const { command, words, shell } = findNodeGyp();
  const headers = ownHeaders();
  const given = [...words, 'rebuild', ...(headers === undefined ? [] : [`--nodedir=${headers}`])];
  process.stderr.write(`connect-by-list: ${[command, ...given].join(' ')}\n`);
  // Hooks of this process, such as Yarn's, are not for node-gyp and what it starts.
  const env = { ...process.env };
  Reflect.deleteProperty(env, 'NODE_OPTIONS');
  const { error, status, signal } = spawnSync(command, given, {
    cwd: folder,
    env,
    shell,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (error) throw error;
  if (status !== 0) {
    throw new Error(
      `node-gyp has failed (${status ?? signal ?? 'unknown'}); what it needs is listed above.`,
    );
  }
}

interface NodeGyp {
  readonly command: string;
  readonly words: readonly string[];
  readonly shell: boolean;
}

/** The application's own, the package manager's, the one of the npm beside this Node; else one that is fetched. */
function findNodeGyp(): NodeGyp {
  const { npm_execpath: manager = '', npm_config_user_agent: agent = '' } = process.env;
  const found = [...nodeGypOfApplication(), ...nearManager(manager), ...nearNode()].find((file) =>
    fs.existsSync(file),
  );
  if (found !== undefined) return { command: process.execPath, words: [found], shell: false };
  // On Windows these are scripts for its shell.
  const shell = process.platform === 'win32';
  if (agent.startsWith('pnpm')) return { command: 'pnpm', words: ['dlx', NODE_GYP], shell };
  if (/^yarn\/[2-9]/.test(agent)) return { command: 'yarn', words: ['dlx', NODE_GYP], shell };
  if (agent.startsWith('bun')) return { command: 'bunx', words: [NODE_GYP], shell };
  return { command: 'npx', words: ['--yes', NODE_GYP], shell };
}

function nodeGypOfApplication(): string[] {
  try {
    const file = createRequire(path.join(process.cwd(), 'package.json')).resolve(NODE_GYP_FILE);
    // A child without Yarn's hook cannot read its archives.
    return file.includes('.zip/') ? [] : [file];
  } catch {
    return [];
  }
}

function nearManager(manager: string): string[] {
  if (manager === '') return [];
  const folder = path.dirname(realPath(manager));
  return ['.', '..', '../..'].flatMap((up) =>
    ['node_modules', 'dist/node_modules'].map((at) => path.join(folder, up, at, NODE_GYP_FILE)),
  );
}

function nearNode(): string[] {
  const folder = path.dirname(realPath(process.execPath));
  return ['../lib/node_modules', 'node_modules'].map((modules) =>
    path.join(folder, modules, 'npm/node_modules', NODE_GYP_FILE),
  );
}

/** Node's headers where they are installed with it: then nothing has to be downloaded. */
export function ownHeaders(): string | undefined {
  if (process.env.npm_config_nodedir !== undefined) return undefined;
  const prefix = path.join(path.dirname(realPath(process.execPath)), '..');
  try {
    const header = fs.readFileSync(path.join(prefix, 'include/node/node_version.h'), 'utf8');
    const part = (name: string): string =>
      new RegExp(`define NODE_${name}_VERSION (\\d+)`).exec(header)?.[1] ?? '';
    const version = `v${part('MAJOR')}.${part('MINOR')}.${part('PATCH')}`;
    return version === process.version ? prefix : undefined;
  } catch {
    return undefined;
  }
}

/** Puts the binary where node-gyp-build prefers it to the shipped ones, after it has been loaded once. */
function install(built: string): string {
  const folder = path.join(PACKAGE, `prebuilds/${process.platform}-${process.arch}`);
  const target = path.join(folder, `node.napi${libc()}.node`);
  const load = 'process.dlopen({ exports: {} }, process.argv[1])';
  const { status, stderr } = spawnSync(process.execPath, ['-e', load, built], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`What was built does not load: ${stderr.trim()}`);
  fs.mkdirSync(folder, { recursive: true });
  // A new file and a rename: the old one may be loaded, or shared with other projects by a hard link.
  const temporary = `${target}.${process.pid}`;
  fs.copyFileSync(built, temporary);
  fs.renameSync(temporary, target);
  return target;
}

/** With it the file fits better than one that names none. */
function libc(): string {
  if (process.platform !== 'linux') return '';
  return glibcVersion() === undefined ? '.musl' : '.glibc';
}

function realPath(file: string): string {
  try {
    return fs.realpathSync(file);
  } catch {
    return file;
  }
}

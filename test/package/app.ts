// An app of a stranger's: an empty folder into which the packed tarball is installed, with scripts off.

import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

export const ROOT = path.join(__dirname, '../..');
/** The compiler has to be run, on two busy cores. */
export const BUILD_MS = 600_000;

export interface App {
  readonly folder: string;
  /** The package as it is installed there. */
  readonly installed: string;
  readonly tarball: string;
  /** Sizes in bytes, and what is in it, as npm says. */
  readonly packed: { size: number; unpackedSize: number; files: { path: string }[] };
  remove(): void;
}

/** What test/package/program.mjs has to say. */
export interface Report {
  platform: string;
  arch: string;
  version: string;
  binary: string;
  engines: string[];
}

interface Ended {
  status: number | null;
  output: string;
}

export function makeApp(): App {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-by-list-app-'));
  // What prepack does, but that lib/ is compiled already: what scripts print would be among the JSON.
  execFileSync(process.execPath, [path.join(ROOT, 'packaging/headers.mjs')]);
  const said = npm(ROOT, 'pack', '--ignore-scripts', '--json', '--pack-destination', folder);
  const [packed] = JSON.parse(said) as [App['packed'] & { filename: string }];
  const tarball = path.join(folder, packed.filename);
  fs.writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ name: 'app', version: '1.0.0', private: true }),
  );
  npm(folder, 'install', '--ignore-scripts', '--prefer-offline', tarball);
  fs.copyFileSync(path.join(ROOT, 'test/package/program.mjs'), path.join(folder, 'program.mjs'));
  fs.copyFileSync(path.join(ROOT, 'demo/endpoints.mjs'), path.join(folder, 'endpoints.mjs'));
  return {
    folder,
    installed: path.join(folder, 'node_modules/connect-by-list'),
    tarball,
    packed,
    remove: () => fs.rmSync(folder, { recursive: true }),
  };
}

/** Runs npm, and answers with what it prints. */
export function npm(folder: string, ...options: string[]): string {
  const [command, ...rest] = npmCommand();
  return execFileSync(command, [...rest, ...options], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: BUILD_MS,
    killSignal: 'SIGKILL',
  });
}

/** The npm that runs this, if one does; it is a file for Node, and so needs no shell on Windows. */
function npmCommand(): [string, ...string[]] {
  const { npm_execpath: file } = process.env;
  return file === undefined ? ['npm'] : [process.execPath, file];
}

/** Runs a program to its end, in `folder`. */
export function run(folder: string, command: string[], env?: NodeJS.ProcessEnv): Ended {
  const [program = '', ...options] = command;
  const { status, stdout, stderr, error } = spawnSync(program, options, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 300_000,
    killSignal: 'SIGKILL',
    env: { ...process.env, ...env },
  });
  if (error) throw error;
  return { status, output: `${stdout}${stderr}` };
}

/** Runs the program with this command in the place of "node", and answers with its report. */
export function report(app: App, command: string[], program = 'program.mjs'): Report {
  const { status, output } = run(app.folder, [...command, program]);
  const line = output.split(/\r?\n/).find((text) => text.startsWith('{'));
  if (status !== 0 || line === undefined) {
    throw new Error(`${command.join(' ')} ended with ${status ?? 'a signal'}:\n${output}`);
  }
  return JSON.parse(line) as Report;
}

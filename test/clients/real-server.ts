// Starts a server that Debian has, for one test: on a free port of loopback, with a folder of its own under
// the system's temporary folder, and as a user without rights where the tests run as root (PostgreSQL and
// MariaDB refuse root). It ends with the process that started it, whatever becomes of that one.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

import { CERTIFICATE_FILE, KEY_FILE } from '../support/certificate';
import type { ClientServer } from '../support/client-promises';
import { ownPort } from '../support/ports';

/** Where a server may keep what it needs, and where it listens. */
export interface Place {
  readonly folder: string;
  readonly port: number;
  /** The tests' certificate and its key, in the folder; only the server's user can read the key. */
  readonly certificate: string;
  readonly key: string;
}

export interface ServerRecipe {
  /** Debian's package. */
  readonly package: string;
  /** What is run first, to lay out a new database; each is a command with its arguments. */
  prepare?(place: Place): string[][];
  /** The files that it needs, by name. */
  files?(place: Place): Record<string, string>;
  /** The command that is the server, in the foreground, with its log on stdout or stderr. */
  command(place: Place): string[];
  /** What its log says when it answers. */
  readonly ready: RegExp;
  /** Asks it to stop without waiting for its clients. */
  readonly stopSignal: NodeJS.Signals;
}

const START_MS = 120_000;
const STOP_MS = 60_000;
const IS_ROOT = process.getuid?.() === 0;

export async function startRealServer(recipe: ServerRecipe): Promise<ClientServer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-by-list-server-'));
  const place: Place = {
    folder,
    port: await ownPort(),
    certificate: path.join(folder, 'cert.pem'),
    key: path.join(folder, 'key.pem'),
  };
  fs.copyFileSync(CERTIFICATE_FILE, place.certificate);
  fs.copyFileSync(KEY_FILE, place.key);
  fs.chmodSync(place.key, 0o600);
  for (const [name, text] of Object.entries(recipe.files?.(place) ?? {})) {
    fs.writeFileSync(path.join(folder, name), text);
  }
  if (IS_ROOT) execFileSync('chown', ['--recursive', 'nobody:nogroup', folder]);

  const server = new RunningServer(recipe, folder);
  try {
    for (const command of recipe.prepare?.(place) ?? []) server.prepare(command);
    await server.start(recipe.command(place));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { port: place.port, stop: () => server.stop() };
}

class RunningServer {
  private child: ChildProcess | undefined;
  private exited: Promise<unknown> | undefined;
  private log = '';

  constructor(
    private readonly recipe: ServerRecipe,
    private readonly folder: string,
  ) {}

  prepare(command: string[]): void {
    const [file, ...rest] = this.asUser(command);
    execFileSync(file, rest, { cwd: this.folder, timeout: START_MS, stdio: 'pipe' });
  }

  async start(command: string[]): Promise<void> {
    const [file, ...rest] = this.asUser(command);
    const child = spawn(file, rest, { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    this.exited = once(child, 'exit');
    await new Promise<void>((resolve, reject) => {
      const fail = (what: string): void =>
        reject(new Error(`${command.join(' ')} ${what}. Its log:\n${this.log}`));
      const timer = setTimeout(fail, START_MS, `was not ready after ${START_MS} ms`);
      const read = (text: string): void => {
        this.log += text;
        if (!this.recipe.ready.test(this.log)) return;
        clearTimeout(timer);
        resolve();
      };
      child.stdout.setEncoding('utf8').on('data', read);
      child.stderr.setEncoding('utf8').on('data', read);
      child.on('exit', (code, signal) => {
        clearTimeout(timer);
        fail(`ended with ${String(code ?? signal)}`);
      });
    });
  }

  async stop(): Promise<void> {
    if (this.child?.exitCode === null && this.child.signalCode === null) {
      this.child.kill(this.recipe.stopSignal);
      const timer = setTimeout(() => this.child?.kill('SIGKILL'), STOP_MS);
      await this.exited;
      clearTimeout(timer);
    }
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** setpriv runs the command in its own place, so that the process we know is the command's. */
  private asUser(command: string[]): [string, ...string[]] {
    const [name, ...rest] = command as [string, ...string[]];
    const setpriv = findCommand('setpriv', 'util-linux');
    const user = ['--reuid', 'nobody', '--regid', 'nogroup', '--clear-groups'];
    const file = findCommand(name, this.recipe.package);
    return [setpriv, '--pdeathsig', 'KILL', ...(IS_ROOT ? user : []), '--', file, ...rest];
  }
}

/** Debian keeps servers out of a user's PATH, and PostgreSQL's in a folder for each of its versions. */
function findCommand(name: string, debianPackage: string): string {
  const postgres = '/usr/lib/postgresql';
  const versions = fs.existsSync(postgres) ? fs.readdirSync(postgres) : [];
  const folders = [
    ...(process.env.PATH ?? '').split(path.delimiter),
    ...['/usr/local/sbin', '/usr/sbin', '/sbin'],
    ...versions.sort((a, b) => Number(b) - Number(a)).map((name) => `${postgres}/${name}/bin`),
  ];
  const found = folders
    .map((folder) => path.join(folder, name))
    .find((file) => fs.existsSync(file));
  if (found !== undefined) return found;
  throw new Error(`${name} is missing. On Debian or Ubuntu: apt-get install ${debianPackage}`);
}

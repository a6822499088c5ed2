// The example app as it lies on a user's machine: an executable with a name of its own, the app's code and
// the packed package in resources/app.asar, and of the package's addon an empty file there, whose contents
// are in resources/app.asar.unpacked.

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';

import { run, type Ended } from '../support/child';

const ROOT = path.join(__dirname, '../..');
const STAND_IN = path.join(__dirname, 'stand-in');
const nodeGypBuild = createRequire(path.join(ROOT, 'package.json'))('node-gyp-build') as {
  resolve(folder: string): string;
};

/** The binary that is used here: built here, or for this platform. */
export const BINARY = nodeGypBuild.resolve(ROOT);

export class ElectronApp {
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-by-list-electron-'));
  private readonly host: string;
  private readonly archive = path.join(this.folder, 'resources', 'app.asar');

  constructor() {
    this.host = path.join(this.folder, process.platform === 'win32' ? 'electron.exe' : 'electron');
    fs.copyFileSync(process.execPath, this.host);
    const modules = path.join(this.archive, 'node_modules');
    const installed = path.join(modules, 'connect-by-list');
    copy(path.join(ROOT, 'examples/electron'), this.archive);
    copy(this.pack(), installed);
    copy(path.join(require.resolve('node-gyp-build'), '..'), path.join(modules, 'node-gyp-build'));
    fs.mkdirSync(path.join(modules, 'electron'));
    const electron = path.join(modules, 'electron/index.js');
    fs.copyFileSync(path.join(STAND_IN, 'electron.js'), electron);

    fs.rmSync(path.join(installed, 'prebuilds'), { recursive: true, force: true });
    const addon = path.join(installed, path.relative(ROOT, BINARY));
    const unpacked = addon.replace(`app.asar${path.sep}`, `app.asar.unpacked${path.sep}`);
    for (const file of [addon, unpacked]) fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(addon, '');
    fs.copyFileSync(BINARY, unpacked);
  }

  start(environment: NodeJS.ProcessEnv): Promise<Ended> {
    const main = path.join(this.archive, 'main.js');
    return run(this.host, ['-r', path.join(STAND_IN, 'preload.js'), main], environment);
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, maxRetries: 10 });
  }

  /** What npm packs. The Windows lane has no npm, and finds it packed. */
  private pack(): string {
    const before = path.join(ROOT, 'packed', 'package');
    if (fs.existsSync(before)) return before;
    const npm = process.env.npm_execpath;
    const options = ['pack', '--ignore-scripts', '--silent', '--pack-destination', this.folder];
    const [command, words] =
      npm === undefined ? ['npm', options] : [process.execPath, [npm, ...options]];
    const name = execFileSync(command, words, {
      cwd: ROOT,
      encoding: 'utf8',
    });
    execFileSync('tar', ['-xzf', name.trim()], { cwd: this.folder });
    return path.join(this.folder, 'package');
  }
}

function copy(from: string, to: string): void {
  fs.cpSync(from, to, { recursive: true });
}

// Runs a program of its own in a child process, which must end by itself.

import { spawn } from 'node:child_process';
import * as path from 'node:path';

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

const ROOT = path.join(__dirname, '../..');
/** Generous: other work may have the machine. */
const LIMIT_MS = 120_000;

/** Runs `program` as CommonJS text, with the package's root as its folder. */
export function runChild(
  program: string,
  nodeArguments: string[] = [],
  environment: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  return run(process.execPath, [...nodeArguments, '-e', program], environment);
}

/**
 * @param environment what it gets beside our own variables. (Within jest, process.env is a copy: what a test
 *   sets there reaches no child.)
 */
export function run(
  command: string,
  commandArguments: string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, commandArguments, {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    const ended = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (ended.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (ended.stderr += text));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...ended }));
  });
}

// Runs a command to its end.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** What it printed; rejects with what it complained about. */
export async function run(command, args, options = {}) {
  const { stdout } = await execute(command, args, { maxBuffer: 2 ** 26, ...options });
  return stdout.trim();
}

// --wait: tries until somebody answers, and then runs a command in its own place.

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** ms between two tries: doubled each time, so that a server that starts is not disturbed. */
const FIRST_PAUSE = 250;
const MAX_PAUSE = 5_000;

/** Calls `attempt` until it answers true, or until the time is up, in ms. Answers whether it did. */
export async function waitUntil(
  attempt: (timeLeft: number) => Promise<boolean>,
  limit: number,
): Promise<boolean> {
  const endsAt = performance.now() + limit;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, MAX_PAUSE)) {
    const timeLeft = endsAt - performance.now();
    if (timeLeft <= 0) return false;
    if (await attempt(timeLeft)) return true;
    await sleep(Math.min(pause, Math.max(0, endsAt - performance.now())));
  }
}

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;
/** What a shell says of a program that is not there, and of one that cannot be run. */
const NOT_FOUND = 127;
const NOT_RUN = 126;

/** Runs a program with our input and output. Answers with its exit code, as a shell has it. */
export function runInPlace(
  [program = '', ...words]: readonly string[],
  complain: (message: string) => void,
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program, words, { stdio: 'inherit' });
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
    for (const signal of FORWARDED) process.on(signal, forward);
    const end = (code: number): void => {
      for (const signal of FORWARDED) process.off(signal, forward);
      resolve(code);
    };
    child.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      complain(message);
      end(code === 'ENOENT' ? NOT_FOUND : NOT_RUN);
    });
    child.on('exit', (code, signal) => {
      end(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

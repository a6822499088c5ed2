#!/usr/bin/env node
// npx connect-by-list HOST:PORT...: which of them answers, and how fast.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { connectByList, ConnectError, type EndpointLike } from '../index';
import { readCommand, UsageError, type Run } from './args';
import { build } from './build';
import { drawEvery, Every, everyToJson } from './every';
import { HELP, USAGE } from './help';
import { CallTrace, LiveView } from './live';
import { reportConnection, reportFailure, reportMistake, toJson, type Report } from './report';
import { drawSvg } from './svg';
import { readTargets } from './targets';
import { runInPlace, waitUntil } from './wait';
import { drawReport } from './waterfall';

const CONNECTED = 0;
const NOT_CONNECTED = 1;
const NOT_DONE = 2;
/** 128 and the number of SIGPIPE. */
const BROKEN_PIPE = 141;

/** Where the output has no width of its own, or says that it is 0. */
const PLAIN_WIDTH = 80;

const { stdout, stderr } = process;
const words = process.argv.slice(2);

async function main(given: readonly string[]): Promise<number> {
  if (given[0] === 'build') {
    stderr.write(`connect-by-list: built ${build(given.slice(1))}\n`);
    return CONNECTED;
  }
  const command = readCommand(given);
  if (command === 'help') {
    stdout.write(HELP);
    return CONNECTED;
  }
  if (command === 'version') {
    stdout.write(`${readVersion()}\n`);
    return CONNECTED;
  }
  if (command.isInsecure && !command.isQuiet) {
    complain('certificates are not checked (--insecure)');
  }
  const endpoints = await readTargets(command);
  const isReached = await reach(endpoints, command);
  if (isReached && command.program.length > 0) return runInPlace(command.program, complain);
  return isReached ? CONNECTED : NOT_CONNECTED;
}

/** Once, or again and again until it succeeds. What is printed is the last try. */
async function reach(endpoints: readonly EndpointLike[], command: Run): Promise<boolean> {
  const { wait, options } = command;
  const attempt = command.every ? reachEvery : reachOne;
  if (wait === undefined) {
    const { isReached, show } = await attempt(endpoints, command);
    show();
    return isReached;
  }
  let last: Outcome | undefined;
  const isReached = await waitUntil(async (timeLeft) => {
    const timeout = Math.min(timeLeft, options.timeout ?? Infinity);
    const calm = { ...command, isQuiet: true, options: { ...options, timeout } };
    last = await attempt(endpoints, calm, command);
    return last.isReached;
  }, wait);
  last?.show();
  return isReached;
}

interface Outcome {
  readonly isReached: boolean;
  readonly show: () => void;
}

/** @param shown what is asked for of the output, where the try itself is quiet. */
async function reachOne(
  endpoints: readonly EndpointLike[],
  command: Run,
  shown = command,
): Promise<Outcome> {
  const report = await run(endpoints, command);
  const show = (): void => {
    if (shown.svg === '-') stdout.write(drawSvg(report));
    else if (!shown.isQuiet) print(report, shown.json);
    if (shown.svg !== undefined && shown.svg !== '-') fs.writeFileSync(shown.svg, drawSvg(report));
  };
  return { isReached: report.connection !== undefined, show };
}

async function reachEvery(
  endpoints: readonly EndpointLike[],
  command: Run,
  shown = command,
): Promise<Outcome> {
  const { count, interval } = command.every as NonNullable<Run['every']>;
  const every = new Every(endpoints, command.options);
  for (let round = 1; ; round++) {
    await every.round();
    if (round === count) break;
    await sleep(interval);
  }
  const show = (): void => {
    if (shown.isQuiet) return;
    const { states } = every;
    stdout.write(`${shown.json ? everyToJson(states) : drawEvery(states, width())}\n`);
  };
  return { isReached: every.areConnected, show };
}

async function run(endpoints: readonly EndpointLike[], command: Run): Promise<Report> {
  const { options, json, isQuiet, svg } = command;
  const trace = new CallTrace(() => performance.now());
  const unlisten = trace.listen();
  const isLive = stdout.isTTY && process.env.TERM !== 'dumb' && !json && !isQuiet && svg !== '-';
  const endLive = isLive && new LiveView(stdout, stdout.hasColors(), trace).start();
  try {
    const connection = await connectByList(endpoints, options);
    connection.socket.destroy();
    return reportConnection(trace.endpoints, connection);
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    return reportFailure(trace.endpoints, error, trace.elapsed);
  } finally {
    if (endLive) endLive();
    unlisten();
  }
}

function print(report: Report, json: boolean): void {
  const paper = {
    width: width(),
    isColoured: stdout.isTTY && stdout.hasColors(),
  };
  stdout.write(`${json ? toJson(report) : drawReport(report, paper)}\n`);
}

function width(): number {
  return (stdout.isTTY && stdout.columns - 1) || PLAIN_WIDTH;
}

function readVersion(): string {
  const file = path.join(__dirname, '../../package.json');
  return (JSON.parse(fs.readFileSync(file, 'utf8')) as { version: string }).version;
}

function complain(message: string): void {
  stderr.write(`connect-by-list: ${message}\n`);
}

/** Nothing was tried, or the picture could not be written: whoever called has something to put right. */
function explain(error: unknown): number {
  const { message, cause } = error as Error;
  if (words.includes('--json')) {
    stdout.write(`${toJson(reportMistake(error as Error))}\n`);
    return NOT_DONE;
  }
  complain(message);
  if (cause instanceof Error) stderr.write(`  ${cause.message}\n`);
  if (error instanceof UsageError) stderr.write(`${USAGE}\nSee connect-by-list --help.\n`);
  return NOT_DONE;
}

// What cannot be written is not passed over: a full disk is said, and `connect-by-list ... | head -1` ends as the shell
// knows it of programs that SIGPIPE ends.
stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code !== 'EPIPE') complain(`the output cannot be written: ${message}`);
  process.exit(code === 'EPIPE' ? BROKEN_PIPE : NOT_DONE);
});

// The exit code is left to be used when everything is closed, so that all output is written by then. SIGINT
// needs no handler: nothing would have to be put back.
void main(words)
  .catch(explain)
  .then((code) => (process.exitCode = code));

#!/usr/bin/env node
// npx connect-by-list HOST:PORT...: which of them answers, and how fast.

import * as fs from 'node:fs';
import * as path from 'node:path';

import { connectByList, ConnectError } from '../index';
import { HELP, readCommand, USAGE, UsageError, type Run } from './args';
import { build } from './build';
import { CallTrace, LiveView } from './live';
import { reportConnection, reportFailure, toJson, type Report } from './report';
import { drawSvg } from './svg';
import { drawReport } from './waterfall';

const CONNECTED = 0;
const NOT_CONNECTED = 1;
const NOT_DONE = 2;

/** Where the output has no width of its own, or says that it is 0. */
const PLAIN_WIDTH = 80;

const { stdout, stderr } = process;

async function main(words: readonly string[]): Promise<number> {
  if (words[0] === 'build') {
    stderr.write(`connect-by-list: built ${build(words.slice(1))}\n`);
    return CONNECTED;
  }
  const command = readCommand(words);
  if (command === 'help') {
    stdout.write(HELP);
    return CONNECTED;
  }
  if (command === 'version') {
    stdout.write(`${readVersion()}\n`);
    return CONNECTED;
  }
  const report = await run(command);
  print(report, command.json);
  if (command.svg !== undefined) fs.writeFileSync(command.svg, drawSvg(report));
  return report.connection ? CONNECTED : NOT_CONNECTED;
}

async function run({ endpoints, options, json }: Run): Promise<Report> {
  const trace = new CallTrace(() => performance.now());
  const unlisten = trace.listen();
  const isLive = stdout.isTTY && process.env.TERM !== 'dumb' && !json;
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
    width: (stdout.isTTY && stdout.columns - 1) || PLAIN_WIDTH,
    isColoured: stdout.isTTY && stdout.hasColors(),
  };
  stdout.write(`${json ? toJson(report) : drawReport(report, paper)}\n`);
}

function readVersion(): string {
  const file = path.join(__dirname, '../../package.json');
  return (JSON.parse(fs.readFileSync(file, 'utf8')) as { version: string }).version;
}

/** Nothing was tried, or the picture could not be written: whoever called has something to put right. */
function explain(error: unknown): number {
  const { message, cause } = error as Error;
  stderr.write(`connect-by-list: ${message}\n`);
  if (cause instanceof Error) stderr.write(`  ${cause.message}\n`);
  if (error instanceof UsageError) stderr.write(`${USAGE}\nSee connect-by-list --help.\n`);
  return NOT_DONE;
}

// Whoever reads us may stop reading: `connect-by-list ... | head -1`.
stdout.on('error', () => undefined);

// The exit code is left to be used when everything is closed, so that all output is written by then. SIGINT
// needs no handler: nothing would have to be put back.
void main(process.argv.slice(2))
  .catch(explain)
  .then((code) => (process.exitCode = code));

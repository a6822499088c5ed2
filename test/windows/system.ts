// Which Winsock the tests run on: the system's own, or Wine's with the stand-in. The lane puts the
// stand-in's binary beside its script; on real Windows there is none. (Asking whether Winsock has the
// function would not do: a test file that ran before in the same process has installed the stand-in.)

import * as fs from 'node:fs';
import * as path from 'node:path';

import type * as StandIn from './stand-in/index';

/** True on real Windows. */
export const hasRealFunction = !fs.existsSync(path.join(__dirname, 'stand-in/stand_in.node'));

/** The stand-in, installed, and without a program that another test file has left in this process. */
export function installStandIn(): typeof StandIn {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- there is none on real Windows
  const standIn = require('./stand-in/index') as typeof StandIn;
  standIn.install();
  standIn.reset();
  return standIn;
}

/** The text for a program in a process of its own that does the same. */
export const INSTALL_STAND_IN = hasRealFunction
  ? ''
  : "require('./build-test/windows/stand-in/index').install();";

// The one behaviour suite: what is promised of every engine, on every platform.

import type { EngineUnderTest } from '../support/engine';
import { describeByName } from './by-name';
import { describeChoosing } from './choosing';
import { describeClientsInProcess } from './clients';
import { describeConnecting } from './connecting';
import { describeEnvironments } from './environments';
import { describeFailing } from './failing';
import { describeLeaks } from './leaks';
import { describeInheritance } from './inheritance';
import { describeLoading } from './loading';
import { describeListSocket } from './list-socket';
import { describeNames } from './names';
import { describeNetData } from './net-data';
import { describeNetEnding } from './net-ending';
import { describeNetProcess } from './net-process';
import { describeNetState } from './net-state';
import { describeSocket } from './socket';
import { describeTerminations } from './terminations';

export function describeEngine(engine: EngineUnderTest): void {
  describeConnecting(engine);
  describeChoosing(engine);
  describeNames(engine);
  describeByName(engine);
  describeFailing(engine);
  describeSocket(engine);
  describeListSocket(engine);
  describeNetState(engine);
  describeNetData(engine);
  describeNetEnding(engine);
  describeNetProcess(engine);
  describeLeaks(engine);
  describeInheritance(engine);
  describeEnvironments(engine);
  describeLoading(engine);
  describeTerminations(engine);
  describeClientsInProcess(engine);
}

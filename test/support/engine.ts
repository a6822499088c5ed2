// What the behaviour suite has to know of an engine to run on it.

import type { ConnectOptions, Engine } from '#dist/index';

export interface EngineUnderTest {
  readonly engine: Engine;
  /** Options for every call of the suite. */
  readonly options: ConnectOptions;
}

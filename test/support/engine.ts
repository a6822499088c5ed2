// What the behaviour suite has to know of an engine to run on it.

import type { ConnectOptions, Engine } from '#dist/index';

export interface EngineUnderTest {
  readonly engine: Engine;
  /** Options for every call of the suite. */
  readonly options: ConnectOptions;
  /**
   * Whether it tells how each attempt went, and cuts off at a limit what is running. WSAConnectByList does
   * neither (C12, C14).
   */
  readonly races: boolean;
  /** What a program in a process of its own has to run before it can use the engine. */
  readonly preamble: string;
}

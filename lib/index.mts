// The same module for `import`: one copy of the code, so one identity of its classes.

export type {
  AddressPair,
  Attempt,
  AttemptError,
  ConnectOptions,
  Connection,
  EndpointLike,
  Engine,
  Outcome,
  PairPolicy,
} from './index.js';
export { connectByList, connectByName, ConnectError, History, sortAddressPairs } from './index.js';

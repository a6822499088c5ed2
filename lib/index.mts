// The same module for `import`: one copy of the code, so one identity of its classes.

export type {
  Attempt,
  AttemptError,
  ConnectOptions,
  Connection,
  EndpointLike,
  Engine,
  Outcome,
} from './index.js';
export { connectByList, ConnectError } from './index.js';

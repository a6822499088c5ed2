// The same module for `import`: one copy of the code, so one identity of its classes.

export type {
  AddressPair,
  Attempt,
  AttemptError,
  AttemptStart,
  AttemptTrace,
  ConnectOptions,
  Connection,
  ConnectTrace,
  EndpointLike,
  Engine,
  ListSocket,
  Outcome,
  PairPolicy,
  SocketConnectOptions,
} from './index.js';
export {
  connect,
  connectByList,
  connectByName,
  ConnectError,
  History,
  sortAddressPairs,
} from './index.js';

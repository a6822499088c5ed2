// The same module for `import`: one copy of the code, so one identity of its classes.

export type * from './index.js';
export {
  connect,
  connectByList,
  connectByName,
  ConnectError,
  connector,
  History,
  ListAgent,
  privateAddresses,
  resolveSrv,
  sortAddressPairs,
  TlsListAgent,
} from './index.js';

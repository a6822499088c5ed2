// What the package exports.

export {
  ListAgent,
  TlsListAgent,
  type AgentRequest,
  type ListAgentOptions,
  type TlsListAgentOptions,
} from './agents';
export type { Attempt, AttemptStart, Outcome } from './attempt';
export { connect, type ListSocket, type SocketConnectOptions } from './connect';
export { connectByList, sortAddressPairs } from './connect-by-list';
export { connectByName } from './connect-by-name';
export { ConnectError, type AttemptError } from './connect-error';
export type { Connection } from './connection';
export { connector, type ConnectorOptions, type ConnectorRequest } from './connector';
export type { AttemptTrace, ConnectTrace } from './diagnostics';
export type { EndpointLike } from './endpoints';
export type { Engine } from './engine';
export { History } from './history';
export type { ConnectOptions } from './options';
export type { EndpointsFor, RaceUntil } from './requests';
export type { AddressPair, PairPolicy } from './pairs';

// What the package exports.

export {
  ListAgent,
  TlsListAgent,
  type AgentRequest,
  type ListAgentOptions,
  type TlsListAgentOptions,
} from './http/list-agent';
export type { Attempt, AttemptStart, Connection, Outcome } from './attempts/attempt';
export { connect, type ListSocket, type SocketConnectOptions } from './connect';
export { connectByList } from './connect-by-list';
export { connectByName } from './connect-by-name';
export { ConnectError, type AttemptError } from './attempts/connect-error';
export { connector, type ConnectorOptions, type ConnectorRequest } from './http/undici-connector';
export type { AttemptTrace, ConnectTrace } from './attempts/diagnostics';
export type { EndpointLike, EndpointList, HostAndPort } from './endpoints/endpoints';
export { History } from './address-selection/history';
export type {
  ConnectOptions,
  Engine,
  Handshake,
  HandshakeEndpoint,
  Order,
} from './options/options';
export type { EndpointsFor, RaceUntil } from './http/requests';
export { privateAddresses } from './private-addresses';
export { resolveSrv, type ResolveSrvOptions } from './resolve-srv';
export { sortAddressPairs } from './sort-address-pairs';
export type { AddressPair, PairPolicy } from './address-selection/pair-policy';

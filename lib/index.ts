// What the package exports.

export type { Attempt, Outcome } from './attempt';
export { connectByList, sortAddressPairs } from './connect-by-list';
export { connectByName } from './connect-by-name';
export { ConnectError, type AttemptError } from './connect-error';
export type { Connection } from './connection';
export type { EndpointLike } from './endpoints';
export type { Engine } from './engine';
export { History } from './history';
export type { ConnectOptions } from './options';
export type { AddressPair, PairPolicy } from './pairs';

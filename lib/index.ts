// What the package exports.

export type { Attempt, Outcome } from './attempt';
export { connectByList, sortAddressPairs, type Connection } from './connect-by-list';
export { ConnectError, type AttemptError } from './connect-error';
export type { EndpointLike } from './endpoints';
export type { Engine } from './engine';
export type { ConnectOptions } from './options';
export type { AddressPair, PairPolicy } from './pairs';

// diagnostics_channel's tracing channels for each call and for each of its attempts, and NODE_DEBUG=connect-by-list.
// Both cost nothing when nobody listens.

import * as diagnostics from 'node:diagnostics_channel';
import { debuglog } from 'node:util';

import { formatEndpoint, type Endpoint } from '../endpoints/endpoints';
import {
  toAttempt,
  toAttemptStart,
  type Attempt,
  type AttemptListener,
  type AttemptStart,
  type Connection,
  type Outcome,
  type Row,
  type RowStart,
} from './attempt';
import { attemptError, describeAttempt, toMicrosecond } from './connect-error';

/** What the events of `tracing:connect-by-list:connect:*` carry; one object for all events of a call. */
export interface ConnectTrace {
  /** The list, as 'host:port'. */
  readonly endpoints: readonly string[];
  /** From asyncEnd on, where it has connected. For connect() its `socket` is the one that connect() returned. */
  result?: Connection;
  /** From the event error on. */
  error?: unknown;
  /** From asyncEnd on: how long the call took, in ms. */
  ms?: number;
}

/** What the events of `tracing:connect-by-list:attempt:*` carry; one object for all events of an attempt. */
export interface AttemptTrace extends AttemptStart {
  /** The call that it belongs to: the very object that the events of the call carry. */
  readonly connect: ConnectTrace;
  /** From asyncEnd on: how it went. */
  result?: Attempt;
  /** From the event error on, where it failed or took too long. */
  error?: Error;
}

const connectChannel = diagnostics.tracingChannel<ConnectTrace>('connect-by-list:connect');
const attemptChannel = diagnostics.tracingChannel<AttemptTrace>('connect-by-list:attempt');
/** TracingChannel.hasSubscribers exists only from Node 20.13 and 22 on, so each channel is asked. */
const CHANNELS = [connectChannel, attemptChannel].flatMap((channel) => {
  const { start, end, asyncStart, asyncEnd, error } = channel;
  return [start, end, asyncStart, asyncEnd, error];
});
const log = debuglog('connect-by-list');

let calls = 0;

/** Whether anybody wants to hear of calls. */
export function isTraced(): boolean {
  for (const channel of CHANNELS) if (channel.hasSubscribers) return true;
  return log.enabled;
}

/** Runs one call; `run` gets a listener where somebody subscribes or logs. */
export function tracedCall(
  asked: readonly Endpoint[],
  calledAt: number,
  run: (listener: AttemptListener | undefined) => Promise<Connection>,
): Promise<Connection> {
  if (!isTraced()) return run(undefined);
  const trace: ConnectTrace = { endpoints: asked.map(formatEndpoint) };
  const listener = new Tracer(trace, ++calls);
  listener.log('connect to %s', trace.endpoints.join(', '));
  const timed = async (): Promise<Connection> => {
    try {
      return await run(listener);
    } finally {
      trace.ms = toMicrosecond(performance.now() - calledAt);
    }
  };
  const traced = connectChannel.tracePromise(timed, trace);
  traced.then(
    () => listener.log('connected'),
    (error: unknown) => listener.log('failed: %s', error),
  );
  return traced;
}

class Tracer implements AttemptListener {
  private readonly attempts = new Map<number, AttemptTrace>();

  constructor(
    private readonly connect: ConnectTrace,
    private readonly call: number,
  ) {}

  log(text: string, value?: unknown): void {
    if (value === undefined) log(`#%d ${text}`, this.call);
    else log(`#%d ${text}`, this.call, value);
  }

  started(index: number, read: () => RowStart): void {
    const attempt = toAttemptStart(read());
    this.log('attempt at %s', formatEndpoint(attempt));
    const trace: AttemptTrace = { ...attempt, connect: this.connect };
    this.attempts.set(index, trace);
    attemptChannel.start.publish(trace);
    attemptChannel.end.publish(trace);
  }

  ended(index: number, outcome: Outcome, read: () => Row): void {
    const row = read();
    this.log('attempt at %s', describeAttempt(row));
    const trace = this.attempts.get(index) as AttemptTrace;
    trace.result = toAttempt(row);
    if (outcome === 'failed' || outcome === 'timeout') {
      trace.error = attemptError(row);
      attemptChannel.error.publish(trace);
    }
    attemptChannel.asyncStart.publish(trace);
    attemptChannel.asyncEnd.publish(trace);
  }
}

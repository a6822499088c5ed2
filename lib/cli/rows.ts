// The rows of the picture, whoever draws it: one for each attempt, and one for each endpoint without any.

import type { Attempt, AttemptStart, Outcome } from '../index';
import {
  formatAddress,
  formatEndpoint,
  wasAttempted,
  reasonOf,
  untriedOf,
  without,
  type Report,
} from './report';
import { formatMs, plain, plainHost } from './text';

/** `waiting`: its turn has not come. `untried`: it never did. `untold`: nobody says whether it did. */
export type ChartState = Outcome | 'running' | 'waiting' | 'untried' | 'untold';

export interface ChartRow {
  readonly endpoint: string;
  /** Where it went, where the endpoint does not say that itself. */
  readonly address: string;
  readonly state: ChartState;
  /** What became of it, in a word. */
  readonly status: string;
  readonly time: string;
  /** What TLS had to say. */
  readonly reason: string | undefined;
  /** In ms from the call; undefined where there is nothing to draw. */
  readonly span: { readonly start: number; readonly end: number } | undefined;
}

/** What was tried, and after that what was not. */
export function rowsOf(report: Report): ChartRow[] {
  const state = report.engine === 'winsock' ? 'untold' : 'untried';
  const rest = without(report.endpoints, report.attempts);
  return [...report.attempts.map(attemptRow), ...rest.map((name) => restingRow(name, state))];
}

export function attemptRow(attempt: Attempt): ChartRow {
  const { outcome, start, end } = attempt;
  const reason = reasonOf(attempt);
  const ms = formatMs(end - start);
  // It would have taken longer.
  const isOpen = outcome === 'lost' || outcome === 'timeout';
  const isBlocked = outcome === 'blocked';
  return {
    ...namesOf(attempt),
    state: outcome,
    status: statusOf(attempt),
    time: isBlocked ? '' : isOpen ? `> ${ms}` : ms,
    reason: reason && plain(reason),
    span: isBlocked ? undefined : { start, end },
  };
}

function statusOf({ outcome, code, remoteAddress }: Attempt): string {
  const status = outcome === 'failed' ? plain(code ?? outcome) : outcome;
  return remoteAddress || outcome === 'blocked' ? status : `${status} (lookup)`;
}

export function runningRow(attempt: AttemptStart, now: number): ChartRow {
  const { start } = attempt;
  return {
    ...namesOf(attempt),
    state: 'running',
    status: 'connecting',
    time: formatMs(Math.max(0, now - start)),
    reason: undefined,
    span: { start, end: Math.max(start, now) },
  };
}

const RESTING = { waiting: 'waiting', untried: 'not tried', untold: 'not told' } as const;

export function restingRow(endpoint: string, state: keyof typeof RESTING): ChartRow {
  const status = RESTING[state];
  const names = { endpoint: plainEndpoint(endpoint), address: '' };
  return { ...names, state, status, time: '', reason: undefined, span: undefined };
}

function namesOf(attempt: AttemptStart): Pick<ChartRow, 'endpoint' | 'address'> {
  const { host, remoteAddress } = attempt;
  const address = remoteAddress?.address ?? host;
  const isSame = host === address || host.startsWith(`${address}%`);
  return { endpoint: plainEndpoint(formatEndpoint(attempt)), address: isSame ? '' : address };
}

function plainEndpoint(endpoint: string): string {
  const colon = endpoint.lastIndexOf(':');
  return plainHost(endpoint.slice(0, colon)) + endpoint.slice(colon);
}

/** How much time the picture shows, in ms. */
export function durationOf(rows: readonly ChartRow[], now = 0): number {
  return rows.reduce((most, { span }) => Math.max(most, span?.end ?? 0), Math.max(now, 1));
}

/** Why TLS said no, a line for each attempt. */
export function notesOf(rows: readonly ChartRow[]): string[] {
  return rows.flatMap(({ endpoint, address, reason }) => {
    if (reason === undefined) return [];
    return [`${endpoint}${address && ` at ${address}`}: ${reason}`];
  });
}

/** What came of it all, in two sentences. */
export function summaryOf(report: Report): [result: string, totals: string] {
  const { endpoints, attempts, connection, error, engine, ms } = report;
  const after = `after ${formatMs(ms)}`;
  const by = engine ? `, engine ${engine}` : '';
  const code = error?.wsaName ?? error?.code ?? '';
  const result = connection
    ? `Connected to ${formatAddress(connection.remoteAddress)} from ${formatAddress(connection.localAddress)} ${after}${by}.`
    : `Nothing connected: ${plain(code)} ${after}${by}.`;

  const unresolved = attempts.filter(({ remoteAddress }) => !remoteAddress).length;
  const blocked = attempts.filter(({ outcome }) => outcome === 'blocked').length;
  const untried = untriedOf(report);
  const totals = [
    count(endpoints.length, 'endpoint'),
    ...(untried ? [count(attempts.filter(wasAttempted).length, 'attempt')] : []),
    ...(unresolved > 0 ? [`${unresolved} not resolved`] : []),
    ...(blocked > 0 ? [`${blocked} blocked`] : []),
    ...(untried && untried.length > 0 ? [`${untried.length} not tried`] : []),
  ].join(', ');
  const advice = untried
    ? ''
    : ' Winsock reports the winner, or the last failure, only; the engine race reports every attempt.';
  return [result, `${totals}.${advice}`];
}

function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? '' : 's'}`;
}

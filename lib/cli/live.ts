// The picture while it is being made. It is drawn anew in its place, in the lines below the cursor; nothing
// of the terminal is changed that would have to be put back, so it may be ended at any time.

import * as diagnostics from 'node:diagnostics_channel';

import type { AttemptTrace, ConnectTrace } from '../index';
import { without } from './report';
import { attemptRow, restingRow, runningRow, type ChartRow } from './rows';
import { shorten } from './text';
import { drawWaterfall } from './waterfall';

/** What is used of a tty.WriteStream. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
}

/** A call, as the tracing channels report it. */
export class CallTrace {
  endpoints: readonly string[] = [];
  readonly attempts = new Set<AttemptTrace>();
  private startedAt = 0;

  /** @param clock in ms. */
  constructor(private readonly clock: () => number) {}

  get elapsed(): number {
    return this.clock() - this.startedAt;
  }

  /** Subscribes to the next call; returns the function that unsubscribes. */
  listen(): () => void {
    this.startedAt = this.clock();
    const onConnect = (trace: unknown): void => {
      this.endpoints = (trace as ConnectTrace).endpoints;
    };
    const onAttempt = (trace: unknown): void => void this.attempts.add(trace as AttemptTrace);
    diagnostics.subscribe(CONNECT, onConnect);
    diagnostics.subscribe(ATTEMPT, onAttempt);
    return () => {
      diagnostics.unsubscribe(CONNECT, onConnect);
      diagnostics.unsubscribe(ATTEMPT, onAttempt);
    };
  }
}

const CONNECT = 'tracing:connect-by-list:connect:start';
const ATTEMPT = 'tracing:connect-by-list:attempt:start';

export class LiveView {
  /** The longest line that is on the screen, and how many there are. */
  private drawn = { width: 0, height: 0 };

  constructor(
    private readonly screen: Screen,
    private readonly isColoured: boolean,
    private readonly trace: CallTrace,
  ) {}

  /** Draws at intervals; answers with what ends that and takes the picture away. */
  start(): () => void {
    const timer = setInterval(() => this.draw(), FRAME_MS);
    return () => {
      clearInterval(timer);
      this.screen.write(this.erase());
      this.drawn = { width: 0, height: 0 };
    };
  }

  draw(): void {
    // The last column stays free: some terminals go to the next line when it is written.
    const width = this.screen.columns - 1;
    const now = this.trace.elapsed;
    const { rows, hidden } = this.visibleRows(now);
    const lines = drawWaterfall(rows, { width, isColoured: this.isColoured }, now);
    if (hidden > 0) lines.push(shorten(`... and ${hidden} more`, width));
    this.screen.write(`${this.erase()}${lines.join('\n')}\n`);
    this.drawn = { width, height: lines.length };
  }

  /** The latest attempts, then the next endpoints, up to the screen's height. */
  private visibleRows(now: number): { rows: ChartRow[]; hidden: number } {
    const attempts = [...this.trace.attempts];
    const waiting = without(this.trace.endpoints, attempts);
    // Below the rows come the ruler, the count of what is hidden, and the cursor.
    const height = Math.max(1, this.screen.rows - 3);
    const begun = attempts.slice(-height);
    const next = waiting.slice(0, height - begun.length);
    return {
      rows: [
        ...begun.map((trace) => (trace.result ? attemptRow(trace.result) : runningRow(trace, now))),
        ...next.map((endpoint) => restingRow(endpoint, 'waiting')),
      ],
      hidden: attempts.length + waiting.length - begun.length - next.length,
    };
  }

  /**
   * After the terminal has become narrower its lines may have wrapped: the old picture is left alone then, rather
   * than erasing lines of others.
   */
  private erase(): string {
    const { width, height } = this.drawn;
    const isWhole = height > 0 && width < this.screen.columns && height < this.screen.rows;
    return isWhole ? `\x1b[${height}A\r\x1b[J` : '';
  }
}

/** Often enough to be watched. A call that is over before has no live picture. */
const FRAME_MS = 100;

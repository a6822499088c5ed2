// A terminal that knows what the live picture makes use of: lines, carriage return, cursor up, erase
// below, and colours, which it forgets. It throws at anything else.

export class Terminal {
  columns: number;
  rows: number;
  /** Everything that has been on the screen; of it, the last `rows` are. */
  readonly lines: string[] = [''];
  private row = 0;
  private column = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): void {
    // eslint-disable-next-line no-control-regex -- the escape that begins a control sequence
    for (const [token] of text.matchAll(/\x1b\[[\d;]*[A-Za-z]|[^]/g)) this.take(token);
  }

  /** What is there to be read, without the empty line that the cursor is in. */
  get text(): string {
    return this.lines.join('\n').trimEnd();
  }

  private take(token: string): void {
    // eslint-disable-next-line no-control-regex -- the escape that begins a control sequence
    const [, count, kind] = /^\x1b\[([\d;]*)(.)$/.exec(token) ?? [];
    if (kind === 'm') return;
    if (kind === 'A') {
      const top = Math.max(0, this.lines.length - this.rows);
      this.row = Math.max(top, this.row - Number(count));
    } else if (kind === 'J') {
      this.lines.length = this.row + 1;
      this.lines[this.row] = this.line.slice(0, this.column);
    } else if (kind !== undefined) {
      throw new Error(`a control sequence that it does not know: ${JSON.stringify(token)}`);
    } else if (token === '\n') {
      this.row++;
      this.column = 0;
      if (this.row === this.lines.length) this.lines.push('');
    } else if (token === '\r') {
      this.column = 0;
    } else {
      if (this.column >= this.columns) throw new Error(`a line too long: ${this.line}`);
      this.lines[this.row] =
        this.line.slice(0, this.column).padEnd(this.column) +
        token +
        this.line.slice(this.column + 1);
      this.column++;
    }
  }

  private get line(): string {
    return this.lines[this.row] ?? '';
  }
}

import * as diagnostics from 'node:diagnostics_channel';

import { CallTrace, LiveView } from '#dist/cli/live';
import type { AttemptTrace } from '#dist/index';
import { attempt } from '../../support/made-up';
import { Terminal } from '../../support/terminal';

/** A live picture below a shell's prompt, of a call that is told of by hand. */
class Stage {
  readonly terminal: Terminal;
  readonly heard: CallTrace;
  now = 1000;
  private readonly view: LiveView;

  constructor(columns = 80, rows = 24, endpoints = ['192.0.2.1:443', '192.0.2.2:443']) {
    this.terminal = new Terminal(columns, rows);
    this.terminal.write('$ connect-by-list\n');
    this.heard = new CallTrace(() => this.now);
    this.view = new LiveView(this.terminal, true, this.heard);
    const unlisten = this.heard.listen();
    diagnostics.channel('tracing:connect-by-list:connect:start').publish({ endpoints });
    unlisten();
  }

  begin(host: string): AttemptTrace {
    const trace = { ...attempt({ host, start: this.now - 1000 }), connect: { endpoints: [] } };
    this.heard.attempts.add(trace);
    return trace;
  }

  draw(): string[] {
    this.view.draw();
    return this.terminal.text.split('\n');
  }

  end(): string {
    this.view.start()();
    return this.terminal.text;
  }
}

test('each picture takes the place of the one before, and the last one leaves nothing', () => {
  const stage = new Stage();
  const [, first, second] = stage.draw();
  expect([first, second]).toEqual([
    expect.stringMatching(/^192\.0\.2\.1:443 +waiting$/),
    expect.stringMatching(/^192\.0\.2\.2:443 +waiting$/),
  ]);

  const trace = stage.begin('192.0.2.1');
  stage.now += 250;
  expect(stage.draw()).toEqual([
    '$ connect-by-list',
    expect.stringMatching(/^192\.0\.2\.1:443 +░+ +250\.0 ms {2}connecting$/),
    expect.stringMatching(/^192\.0\.2\.2:443 +waiting$/),
    expect.stringMatching(/^ +0 +250\.0 ms$/),
  ]);

  trace.result = attempt({ end: 260 });
  stage.begin('192.0.2.2');
  stage.now += 50;
  expect(stage.draw()).toEqual([
    '$ connect-by-list',
    expect.stringMatching(/^192\.0\.2\.1:443 +▒+ +260\.0 ms {2}ECONNREFUSED$/),
    expect.stringMatching(/^192\.0\.2\.2:443 +░+ +50\.0 ms {2}connecting$/),
    expect.stringMatching(/^ +0 +300\.0 ms$/),
  ]);

  expect(stage.end()).toBe('$ connect-by-list');
});

test('a list that is longer than the screen: what began last, and how many more there are', () => {
  const endpoints = Array.from({ length: 100 }, (_, i) => `192.0.2.${i}:443`);
  const stage = new Stage(60, 10, endpoints);
  for (let i = 0; i < 50; i++) stage.begin(`192.0.2.${i}`);
  for (let frame = 0; frame < 3; frame++) stage.draw();
  const lines = stage.draw();
  expect(lines).toHaveLength(10);
  expect(lines.at(-3)).toContain('192.0.2.49:443');
  expect(lines.at(-1)).toBe('... and 93 more');
  expect(stage.end()).toBe('$ connect-by-list');
});

test.each([
  ['narrower', 40, 24],
  ['wider', 200, 24],
  ['lower', 80, 3],
  ['narrower than anything fits', 1, 1],
])('a terminal that becomes %s: what was above stays, and pictures go on', (_, columns, rows) => {
  const stage = new Stage();
  stage.draw();
  stage.terminal.columns = columns;
  stage.terminal.rows = rows;
  stage.draw();
  stage.draw();
  expect(stage.draw()[0]).toBe('$ connect-by-list');
  stage.end();
  expect(stage.terminal.lines[0]).toBe('$ connect-by-list');
});

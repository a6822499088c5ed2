// The command on the engine that Windows brings, which tells of the winner, or of the last failure, only.

import { runChild, type Ended } from '../support/child';
import { refusingPort } from '../support/ports';
import { serve, type TestServer } from '../support/servers';
import { INSTALL_STAND_IN } from './system';

describe('the command, with the engine winsock', () => {
  let server: TestServer;
  let alive: string;
  let refused: string;

  beforeAll(async () => {
    server = await serve();
    alive = `127.0.0.1:${server.port}`;
    refused = `127.0.0.1:${await refusingPort()}`;
  });
  afterAll(() => server.close());

  function command(...words: string[]): Promise<Ended> {
    const argv = ['node', 'connect-by-list', '--engine', 'winsock', ...words];
    const load = "require('./dist/cli/main.js');";
    return runChild(`${INSTALL_STAND_IN} process.argv = ${JSON.stringify(argv)}; ${load}`);
  }

  test('the winner is drawn, and of the others nothing is said that is not known', async () => {
    const { code, stdout, stderr } = await command(refused, alive);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^${alive} .*█.*connected$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^${refused} .*not told$`, 'm'));
    // Where it took longer than 99 ms the line is broken in front of the last word.
    expect(stdout).toMatch(/engine\s+winsock\.$/m);
    expect(stdout).not.toContain('not tried');
  });

  test('--json: the winner, and null for what was not tried', async () => {
    const { stdout } = await command('--json', refused, alive);
    expect(JSON.parse(stdout)).toMatchObject({
      connected: true,
      engine: 'winsock',
      attempts: [{ port: server.port, outcome: 'connected' }],
      untried: null,
    });
  });

  test("when nothing connects: Winsock's own name for the last failure", async () => {
    const drawn = await command(refused);
    expect(drawn.code).toBe(1);
    expect(drawn.stdout).toContain('Nothing connected: WSAECONNREFUSED');
    expect(JSON.parse((await command('--json', refused)).stdout)).toMatchObject({
      connected: false,
      engine: 'winsock',
      error: { code: 'ECONNREFUSED', wsaName: 'WSAECONNREFUSED' },
      attempts: [],
      untried: null,
    });
  });
});

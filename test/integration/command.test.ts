// The command as a person runs it: a process of its own, with its output and its exit code.

/* eslint-disable no-control-regex -- what it draws on a terminal begins with one */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as tls from 'node:tls';

import { blackhole, type Blackhole } from '../support/blackhole';
import { CA, CERTIFICATE_FILE, KEY } from '../support/certificate';
import { run, type Ended } from '../support/child';
import { ownPort, refusingPort } from '../support/ports';
import { serve, type TestServer } from '../support/servers';
import { readXml } from '../support/xml';

const ROOT = path.join(__dirname, '../..');
const COMMAND = path.join(ROOT, 'dist/cli/main.js');
/** A label has at most 63 characters (RFC 1035 section 2.3.4): no resolver asks anybody about this one. */
const UNRESOLVED = `${'x'.repeat(64)}.example:443`;
const VERSION = (
  JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string }
).version;

/** With the engine race, whose attempts are told of on every platform. */
function command(words: string[], environment?: NodeJS.ProcessEnv): Promise<Ended> {
  return run(process.execPath, [COMMAND, '--engine', 'race', ...words], environment);
}

describe('the command', () => {
  let healthy: TestServer;
  let hole: Blackhole;
  let folder: string;
  let alive: string;
  let silent: string;
  let refused: string;

  beforeAll(async () => {
    [healthy, hole] = await Promise.all([serve(), blackhole()]);
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-by-list-command-'));
    alive = `127.0.0.1:${healthy.port}`;
    silent = `127.0.0.1:${hole.port}`;
    refused = `127.0.0.1:${await refusingPort()}`;
  });
  afterAll(async () => {
    await Promise.all([healthy.close(), hole.close()]);
    fs.rmSync(folder, { recursive: true });
  });

  test('0 where one connected: who answered, who did not, and whose turn did not come', async () => {
    const { code, stdout, stderr } = await command([refused, silent, alive, UNRESOLVED, '[::1]:9']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.split('\n');
    const lineOf = (endpoint: string): string | undefined =>
      lines.find((line) => line.startsWith(`${endpoint} `));
    expect(lineOf(refused)).toMatch(/ \d+\.\d ms {2}ECONNREFUSED$/);
    expect(lineOf(silent)).toMatch(/ > \d+\.\d ms {2}lost$/);
    expect(lineOf(alive)).toMatch(/█.* \d+\.\d ms {2}connected$/);
    expect(stdout).toMatch(/^xxx.*:443 .*\(lookup\)$/m);
    // In the eighty columns of a file the line is broken where the time is long.
    const from = String.raw`from\s127\.0\.0\.1:\d+\safter\s\d+\.\d\sms,\sengine\srace\.`;
    expect(stdout).toMatch(new RegExp(`^Connected to ${alive} ${from}$`, 'm'));
    expect(stdout).toMatch(/^5 endpoints, [34] attempts, 1 not resolved/m);
  });

  test('not a terminal: plain text, no line longer than 80, one picture', async () => {
    const { stdout } = await command([silent, alive]);
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(stdout.split(silent)).toHaveLength(2);
  });

  test('1 where nothing connected', async () => {
    const { code, stdout, stderr } = await command([
      refused,
      refused.replace('127.0.0.1', 'localhost'),
    ]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/^localhost:\d+ +127\.0\.0\.1 .*ECONNREFUSED$/m);
    expect(stdout).toMatch(/^Nothing connected: ECONNREFUSED after \d+\.\d ms, engine race\.$/m);
  });

  test('--timeout ends it', async () => {
    const { code, stdout } = await command(['--timeout', '300', silent]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/> \d+\.\d ms {2}timeout$/m);
    expect(stdout).toContain('Nothing connected: ETIMEDOUT');
  });

  test('--attempt-delay Infinity tries one by one, and without it the second does not wait', async () => {
    const list = ['--timeout', '700', silent, alive];
    expect((await command(['--attempt-delay', 'Infinity', ...list])).code).toBe(1);
    expect((await command(list)).code).toBe(0);
  });

  test.each([
    [[], 'No endpoint is given'],
    [['--timeout', 'soon', '127.0.0.1:1'], '--timeout must be a duration above 0'],
    [['--nonsense', '127.0.0.1:1'], '--nonsense is not an option.'],
    [['127.0.0.1', '80'], 'A host and its port are one word: 127.0.0.1:80.'],
    [['127.0.0.1'], "must read 'host:port'"],
    [['::1:80'], "with an IPv6 address in brackets: '[::1]:80'"],
    [['127.0.0.1:99999'], 'endpoints[0].port should be >= 0 and < 65536'],
    [['--engine', 'winsock', '--tls', '127.0.0.1:1'], '--tls needs the engine race'],
  ])('2 and a word of advice where it cannot be tried: %j', async (words, advice) => {
    const { code, stdout, stderr } = await run(process.execPath, [COMMAND, ...words]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(advice);
    expect(stderr).not.toContain('    at ');
  });

  test('--help names every option, and --version is that of the package', async () => {
    const help = await command(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const name of ['timeout', 'engine', 'attempt-delay', 'json', 'tls', 'svg', 'version']) {
      expect(help.stdout).toContain(`--${name}`);
    }
    expect(await command(['--version'])).toMatchObject({ code: 0, stdout: `${VERSION}\n` });
  });

  const time = expect.any(Number) as number;
  const here = { address: '127.0.0.1', port: expect.any(Number) as number };

  test('--json: one object, with everything in it, when it connected', async () => {
    const { code, stdout } = await command(['--json', refused, alive, `localhost:${healthy.port}`]);
    expect(code).toBe(0);
    const [refusedPort, alivePort] = [Number(refused.split(':')[1]), healthy.port];
    expect(JSON.parse(stdout)).toEqual({
      connected: true,
      engine: 'race',
      ms: time,
      remoteAddress: { address: '127.0.0.1', port: alivePort },
      localAddress: here,
      error: null,
      endpoints: [refused, alive, `localhost:${alivePort}`],
      attempts: expect.arrayContaining([
        {
          host: '127.0.0.1',
          port: refusedPort,
          remoteAddress: { address: '127.0.0.1', port: refusedPort },
          localAddress: here,
          outcome: 'failed',
          code: 'ECONNREFUSED',
          reason: null,
          start: time,
          end: time,
        },
      ]) as unknown,
      untried: expect.any(Array) as unknown,
    });
  });

  test('--json: one object, with everything in it, when nothing did', async () => {
    const { code, stdout, stderr } = await command(['--json', UNRESOLVED]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const [host] = UNRESOLVED.split(':');
    expect(JSON.parse(stdout)).toEqual({
      connected: false,
      engine: null,
      ms: time,
      remoteAddress: null,
      localAddress: null,
      error: {
        code: expect.any(String) as string,
        wsaName: null,
        message: expect.stringContaining(host as string) as string,
      },
      endpoints: [UNRESOLVED],
      attempts: [
        {
          host,
          port: 443,
          remoteAddress: null,
          localAddress: null,
          outcome: 'failed',
          code: expect.any(String) as string,
          reason: null,
          start: 0,
          end: time,
        },
      ],
      untried: [],
    });
  });

  test('--svg writes the same picture to a file, whether anything connected or not', async () => {
    for (const [words, result] of [
      [[refused, alive], `Connected to ${alive}`],
      [[refused], 'Nothing connected: ECONNREFUSED'],
    ] as const) {
      const file = path.join(folder, 'picture.svg');
      await command(['--svg', file, ...words]);
      const texts = readXml(fs.readFileSync(file, 'utf8'));
      expect(texts.get('title')).toEqual([expect.stringContaining(result)]);
      expect(texts.get('text')).toEqual(expect.arrayContaining([refused, 'ECONNREFUSED']));
      fs.rmSync(file);
    }
  });

  test('2 where the picture cannot be written; what was found is printed all the same', async () => {
    const file = path.join(folder, 'no-such-folder', 'picture.svg');
    const { code, stdout, stderr } = await command(['--svg', file, alive]);
    expect(code).toBe(2);
    expect(stdout).toContain(`Connected to ${alive}`);
    expect(stderr).toMatch(/^connect-by-list: ENOENT/);
  });

  test('a reader that has enough ends it as SIGPIPE ends others', async () => {
    const child = spawn(process.execPath, [COMMAND, alive], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    expect(await once(child, 'close')).toEqual([141, null]);
    expect(stderr).toBe('');
  });

  const withFull = fs.existsSync('/dev/full') ? test : test.skip;
  withFull('2 where the output cannot be written', async () => {
    const full = fs.openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [COMMAND, alive], { stdio: ['ignore', full, 'pipe'] });
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    expect(await once(child, 'close')).toEqual([2, null]);
    fs.closeSync(full);
    expect(stderr).toContain('the output cannot be written: ENOSPC');
  });

  test('--quiet prints nothing, --svg - nothing but the picture', async () => {
    expect(await command(['-q', alive])).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(await command(['-q', refused])).toMatchObject({ code: 1, stdout: '', stderr: '' });
    const { code, stdout } = await command(['--svg', '-', alive]);
    expect(code).toBe(0);
    expect(readXml(stdout).get('title')).toEqual([
      expect.stringContaining(`Connected to ${alive}`),
    ]);
  });

  test('the endpoints come by the standard input, and several in one word', async () => {
    const child = spawn(process.execPath, [COMMAND, '--json', '-'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    child.stdin.end(`# nodes\n${refused}\n${alive}\n`);
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(JSON.parse(stdout)).toMatchObject({ connected: true, endpoints: [refused, alive] });
    expect((await command([`${refused},${alive}`])).code).toBe(0);
  });

  test('--json is one object for a mistake, too', async () => {
    const { code, stdout, stderr } = await command(['--json', '--nonsense', alive]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      connected: false,
      error: { code: 'ERR_USAGE', message: '--nonsense is not an option.' },
      endpoints: [],
      attempts: [],
    });
  });

  test('--all: the state of each, and 0 only if all answer', async () => {
    const { code, stdout } = await command(['--all', alive, refused, `localhost:${healthy.port}`]);
    expect(code).toBe(1);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(new RegExp(`^${alive} +answers +\\d+\\.\\d ms$`));
    expect(lines[1]).toMatch(new RegExp(`^${refused} +ECONNREFUSED +\\d+\\.\\d ms$`));
    expect(lines[2]).toMatch(/^localhost:\d+ +answers /);
    expect(lines[3]).toBe('2 of 3 answer.');
    expect((await command(['--all', '-q', alive])).code).toBe(0);
  });

  test('--all --count: again and again, with times and losses; --json has each', async () => {
    const words = ['--all', '--count', '3', '--interval', '20ms', alive, refused];
    const { stdout } = await command(words);
    expect(stdout).toMatch(/answers .*min\/avg\/max \d+\.\d\/\d+\.\d\/\d+\.\d ms, 0 % lost$/m);
    expect(stdout).toMatch(/ECONNREFUSED .* 100 % lost$/m);
    const { endpoints } = JSON.parse((await command([...words, '--json'])).stdout) as {
      endpoints: { endpoint: string; connected: boolean; times: number[]; failures: number }[];
    };
    expect(endpoints).toMatchObject([
      { endpoint: alive, connected: true, times: [time, time, time], failures: 0, error: null },
      { endpoint: refused, connected: false, times: [], failures: 3, tls: null },
    ]);
  });

  test('--wait tries until there is an answer, and runs the command in its place', async () => {
    const port = await ownPort();
    const program = 'process.stdout.write(process.argv[1]); process.exit(7)';
    const node = [process.execPath, '-e', program, 'ran'];
    const waiting = command(['-q', '--wait', '30s', `127.0.0.1:${port}`, '--', ...node]);
    await new Promise((resolve) => setTimeout(resolve, 700));
    const late = await serve('127.0.0.1', undefined, { port });
    expect(await waiting).toMatchObject({ code: 7, stdout: 'ran', stderr: '' });
    await late.close();
  });

  test('--wait gives up when its time is up, and runs nothing', async () => {
    const { code, stdout } = await command(['--wait', '400ms', refused, '--', 'no-such-program']);
    expect(code).toBe(1);
    expect(stdout).toContain('Nothing connected: ECONNREFUSED');
    const missing = await command(['-q', '--wait', alive, '--', 'no-such-program']);
    expect(missing.code).toBe(127);
    expect(missing.stderr).toContain('no-such-program');
  });

  describe('--tls', () => {
    let secure: tls.Server;
    let secured: string;

    beforeAll(async () => {
      secure = tls.createServer({ cert: CA, key: KEY }, (socket) =>
        socket.on('error', () => undefined).resume(),
      );
      secure.on('tlsClientError', () => undefined);
      secure.listen(0, '127.0.0.1');
      await once(secure, 'listening');
      secured = `127.0.0.1:${(secure.address() as { port: number }).port}`;
    });
    afterAll(() => secure.close());

    test('a certificate that is not trusted loses, and the picture says why', async () => {
      const { code, stdout } = await command(['--tls', secured]);
      expect(code).toBe(1);
      expect(stdout).toMatch(/DEPTH_ZERO_SELF_SIGNED_CERT$/m);
      expect(stdout).toContain(`${secured}: self-signed certificate`);
    });

    test('--all shows the version, the name and the days that are left', async () => {
      const { code, stdout } = await command(['--all', '--tls', '--insecure', secured]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/answers .* TLSv1\.[23], \S+, -?\d+ days left$/m);
    });

    test('--insecure takes any certificate, and says so', async () => {
      const { code, stdout, stderr } = await command(['--tls', '--insecure', secured]);
      expect(code).toBe(0);
      expect(stdout).toContain(`Connected to ${secured}`);
      expect(stderr).toBe('connect-by-list: certificates are not checked (--insecure)\n');
    });

    test('one that NODE_EXTRA_CA_CERTS trusts wins, and a server that does not speak TLS loses', async () => {
      const plain = await serve('127.0.0.1', (socket) => socket.end('no TLS here\n'));
      const environment = { NODE_EXTRA_CA_CERTS: CERTIFICATE_FILE };
      const list = [`127.0.0.1:${plain.port}`, secured];
      const { code, stdout } = await command(['--tls', '--json', ...list], environment);
      await plain.close();
      expect(code).toBe(0);
      const { attempts } = JSON.parse(stdout) as { attempts: Record<string, unknown>[] };
      expect(attempts).toEqual([
        expect.objectContaining({
          port: plain.port,
          outcome: 'failed',
          code: expect.stringMatching(/^ERR_SSL_/) as string,
          reason: expect.stringMatching(/^[a-z ]+$/) as string,
        }),
        expect.objectContaining({ outcome: 'connected', code: null, reason: null }),
      ]);
    });
  });

  // A child cannot be sent SIGINT on Windows: it would be ended from outside.
  const whereSignalsAre = process.platform === 'win32' ? test.skip : test;

  whereSignalsAre('SIGINT ends it at once, which a shell knows as 130', async () => {
    const child = spawn(process.execPath, [COMMAND, '--timeout', '60000', silent]);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([null, 'SIGINT']);
    expect(output).toBe('');
  });

  // script(1), of util-linux, gives it a terminal; elsewhere its options are others, or there is none.
  const onLinux = process.platform === 'linux' ? describe : describe.skip;

  onLinux('on a terminal', () => {
    async function onTerminal(words: string[], environment = ''): Promise<string> {
      const line = [process.execPath, COMMAND, '--engine', 'race', ...words].join(' ');
      // What Node takes as a word on colours, from whoever runs the tests.
      const unset = ['CI', 'FORCE_COLOR', 'NODE_DISABLE_COLORS', 'NO_COLOR', 'TMUX'];
      const env = ['env', ...unset.map((name) => `-u ${name}`), environment].join(' ');
      const shell = `stty cols 90 rows 24 && ${env} ${line}`;
      const { code, stdout } = await run('script', ['-qec', shell, '/dev/null'], {
        TERM: 'xterm-256color',
      });
      expect(code).toBe(0);
      return stdout.replaceAll('\r\n', '\n');
    }

    test('it draws while it runs, each picture in the place of the one before', async () => {
      const output = await onTerminal([silent, silent, alive]);
      const pictures = output.split(/\x1b\[\d+A\r\x1b\[J/);
      expect(pictures.length).toBeGreaterThanOrEqual(3);
      expect(pictures[0]).toContain('connecting');
      expect(pictures[0]).toMatch(new RegExp(`^${alive} .*waiting`, 'm'));
      expect(pictures.at(-1)).toContain(`Connected to ${alive}`);
      expect(pictures.at(-1)).toContain('\x1b[32m');
      for (const picture of pictures.slice(0, -1)) expect(picture).not.toContain('Connected');
    });

    test('NO_COLOR: no colours, and live all the same', async () => {
      const output = await onTerminal([silent, alive], 'NO_COLOR=1');
      expect(output).not.toMatch(/\x1b\[\d*m/);
      expect(output).toMatch(/\x1b\[\d+A\r\x1b\[J/);
    });

    test('TERM=dumb, and --json: nothing but the result', async () => {
      expect(await onTerminal([silent, alive], 'TERM=dumb')).not.toContain('\x1b');
      const output = await onTerminal(['--json', silent, alive]);
      expect(JSON.parse(output)).toMatchObject({ connected: true });
    });
  });
});

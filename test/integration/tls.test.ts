// The option tls: an attempt has won when its TLS handshake is done.

import { once } from 'node:events';
import * as net from 'node:net';
import * as tls from 'node:tls';

import {
  connectByList,
  type Connection,
  type ConnectOptions,
  type EndpointLike,
} from '#dist/index';
import { CA as cert, KEY as key } from '../support/certificate';
import { openSockets } from '../support/descriptors';
import { eventually } from '../support/eventually';
import { connectErrorOf, failureOf } from '../support/failure';
import { refusingPort } from '../support/ports';
import { serve, type TestServer } from '../support/servers';

/** Every name is this host, and our certificate is for none of them. */
const lookup: net.LookupFunction = (_name, _options, callback) => {
  process.nextTick(callback, null, '127.0.0.1', 4);
};
const OPTIONS: ConnectOptions = { history: false, lookup, tls: { ca: cert } };

interface TlsServer extends TestServer {
  /** The names that clients have asked for. */
  readonly names: readonly string[];
}

/** An echo over TLS; `delay` ms pass before it shakes hands. */
async function serveTls(delay = 0): Promise<TlsServer> {
  const names: string[] = [];
  const context = tls.createSecureContext({ key, cert });
  const secure = tls.createServer(
    {
      ...{ key, cert },
      ALPNProtocols: ['echo'],
      SNICallback: (name, callback) => {
        names.push(name);
        callback(null, context);
      },
    },
    (socket) => socket.on('error', () => undefined).pipe(socket),
  );
  secure.on('tlsClientError', () => undefined);
  const server = await serve('127.0.0.1', (socket) => {
    setTimeout(() => secure.emit('connection', socket), delay);
  });
  return Object.assign(server, { names });
}

describe('tls', () => {
  const servers: TestServer[] = [];
  const connections: Connection[] = [];

  async function add<T extends TestServer>(making: Promise<T>): Promise<T> {
    const server = await making;
    servers.push(server);
    return server;
  }

  async function connected(
    list: readonly EndpointLike[],
    options: ConnectOptions = {},
  ): Promise<Connection> {
    const connection = await connectByList(list, { ...OPTIONS, ...options });
    connections.push(connection);
    return connection;
  }

  function at({ host, port }: TestServer): string {
    return `${host}:${port}`;
  }

  const closing = (): Promise<TestServer> => serve('127.0.0.1', (socket) => socket.destroy());
  const garbling = (): Promise<TestServer> =>
    serve('127.0.0.1', (socket) => socket.resume().write('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const hanging = (): Promise<TestServer> => serve();

  afterEach(async () => {
    for (const { socket } of connections.splice(0)) socket.destroy();
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  test('the socket is a TLSSocket that has shaken hands, and carries data both ways', async () => {
    const good = await add(serveTls());
    const { socket, engine, attempts, remoteAddress, localAddress } = await connected([at(good)], {
      tls: { ca: cert, ALPNProtocols: ['echo'] },
    });
    expect(engine).toBe('race');
    expect(socket).toBeInstanceOf(tls.TLSSocket);
    expect(socket).toMatchObject({ authorized: true, encrypted: true, alpnProtocol: 'echo' });
    expect(socket).toMatchObject({ connecting: false, pending: false, readyState: 'open' });
    expect(remoteAddress).toMatchObject({ address: '127.0.0.1', port: good.port });
    expect(localAddress.port).toBe(socket.localPort);
    expect(attempts).toMatchObject([{ outcome: 'connected', code: undefined }]);
    socket.end('over TLS');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toBe('over TLS');
  });

  test.each([
    ['closes at once', closing, 'ECONNRESET'],
    ['speaks something else', garbling, /^(EPROTO|ERR_SSL_\w+)$/],
  ])('a server that accepts and %s loses, and the next wins', async (_what, making, code) => {
    const [bad, good] = [await add(making()), await add(serveTls())];
    const { remoteAddress, attempts } = await connected([at(bad), at(good)]);
    expect(remoteAddress.port).toBe(good.port);
    expect(attempts).toMatchObject([
      { port: bad.port, outcome: 'failed', code: expect.stringMatching(code) as string },
      { port: good.port, outcome: 'connected' },
    ]);
    expect(attempts[0]?.cause).toMatchObject({ code: attempts[0]?.code });
    // The next one did not wait for its turn.
    expect(attempts[1]?.start).toBeGreaterThanOrEqual(attempts[0]?.end as number);
    await eventually(() => bad.sockets.size === 0);
  });

  test('a server that accepts and says nothing loses to the next, which starts meanwhile', async () => {
    const [bad, good] = [await add(hanging()), await add(serveTls())];
    const { attempts } = await connected([at(bad), at(good)]);
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['lost', 'connected']);
    await eventually(() => bad.sockets.size === 0);
  });

  test('a server whose certificate is for another name loses, and the next wins', async () => {
    const good = await add(serveTls());
    const { attempts } = await connected([`wrong.test:${good.port}`, at(good)]);
    expect(attempts).toMatchObject([
      { host: 'wrong.test', outcome: 'failed', code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
      { outcome: 'connected' },
    ]);
  });

  test('the first to shake hands wins, and not the first to connect', async () => {
    const [slow, quick] = [await add(serveTls(600)), await add(serveTls())];
    const { remoteAddress } = await connected([at(slow), at(quick)], { attemptDelay: 20 });
    expect(remoteAddress.port).toBe(quick.port);
    await eventually(() => slow.sockets.size === 0);
  });

  test('a handshake that takes long still wins where the others fail', async () => {
    const [slow, bad] = [await add(serveTls(300)), await add(closing())];
    const refusing = `127.0.0.1:${await refusingPort()}`;
    const list = [at(slow), at(bad), refusing];
    const { remoteAddress, attempts } = await connected(list, { attemptDelay: 20 });
    expect(remoteAddress.port).toBe(slow.port);
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['connected', 'failed', 'failed']);
  });

  test('each endpoint is asked for by its own name, and an address by none', async () => {
    const [first, second, third] = [
      await add(serveTls()),
      await add(serveTls()),
      await add(serveTls()),
    ];
    const list = [`a.test:${first.port}`, `b.test:${second.port}`, `localhost:${third.port}`];
    const { attempts } = await connected(list);
    expect([first.names, second.names, third.names]).toEqual([
      ['a.test'],
      ['b.test'],
      ['localhost'],
    ]);
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'connected']);

    await connected([at(first)]);
    expect(first.names).toEqual(['a.test']);
  });

  test('a servername that is given is asked for everywhere', async () => {
    const good = await add(serveTls());
    const { attempts } = await connected([`a.test:${good.port}`], {
      tls: { ca: cert, servername: 'localhost' },
    });
    expect(good.names).toEqual(['localhost']);
    expect(attempts).toMatchObject([{ host: 'a.test', outcome: 'connected' }]);
  });

  test('when no handshake is done, the error has one error of syscall handshake for each', async () => {
    const [first, second] = [await add(closing()), await add(serveTls())];
    const list = [at(first), `wrong.test:${second.port}`];
    const error = await connectErrorOf(connectByList(list, OPTIONS));
    expect(error).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID', syscall: 'handshake' });
    expect(error.errors).toMatchObject([
      { code: 'ECONNRESET', syscall: 'handshake', address: '127.0.0.1', port: first.port },
      { code: 'ERR_TLS_CERT_ALTNAME_INVALID', syscall: 'handshake', port: second.port },
    ]);
    const [, wrong] = error.errors;
    expect(wrong?.cause).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(wrong?.cause).toBe(error.attempts[1]?.cause);
    expect(error.message).toContain('wrong.test');
  });

  test('a refusal and a failed handshake stand side by side, each by its syscall', async () => {
    const refusing = await refusingPort();
    const bad = await add(garbling());
    const error = await connectErrorOf(connectByList([`[::1]:${refusing}`, at(bad)], OPTIONS));
    expect(error.errors.map(({ syscall }) => syscall)).toEqual(['connect', 'handshake']);
    expect(error.errors[0]?.cause).toBeUndefined();
  });

  test('a certificate that nobody vouches for fails', async () => {
    const server = await add(serveTls());
    const options = { ...OPTIONS, tls: {} };
    const error = await connectErrorOf(connectByList([at(server)], options));
    expect(error.code).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    const { socket } = await connected([at(server)], { tls: { rejectUnauthorized: false } });
    expect(socket).toMatchObject({ authorized: false });
  });

  describe('what ends during a handshake leaves nothing open', () => {
    let bad: TestServer;
    let before: number;

    beforeEach(async () => {
      bad = await add(hanging());
      before = openSockets();
    });
    afterEach(async () => {
      await eventually(() => bad.sockets.size === 0);
      await eventually(() => openSockets() <= before);
    });

    test('attemptTimeout', async () => {
      const options = { ...OPTIONS, attemptTimeout: 100, attemptDelay: Infinity };
      const error = await connectErrorOf(connectByList([at(bad), at(bad)], options));
      expect(error.code).toBe('ETIMEDOUT');
      expect(error.attempts.map(({ outcome }) => outcome)).toEqual(['timeout', 'timeout']);
    });

    test('timeout', async () => {
      const options = { ...OPTIONS, timeout: 1_500, attemptDelay: 20 };
      const error = await connectErrorOf(connectByList([at(bad), at(bad)], options));
      expect(error).toMatchObject({ code: 'ETIMEDOUT', syscall: 'connect' });
      expect(error.attempts.map(({ outcome }) => outcome)).toEqual(['timeout', 'timeout']);
    });

    test('an abort', async () => {
      const controller = new AbortController();
      const options = { ...OPTIONS, signal: controller.signal, attemptDelay: 20 };
      const pending = failureOf(connectByList([at(bad), at(bad)], options));
      await eventually(() => bad.sockets.size === 2);
      const reason = new Error('the user left');
      controller.abort(reason);
      expect(await pending).toBe(reason);
    });
  });

  test('many races of handshakes leave nothing open', async () => {
    const [bad, garbled, good] = [
      await add(hanging()),
      await add(garbling()),
      await add(serveTls()),
    ];
    const before = openSockets();
    for (let i = 0; i < 10; i++) {
      const list = [at(bad), at(garbled), at(good), at(good)];
      const racing = Array.from({ length: 10 }, () =>
        connectByList(list, { ...OPTIONS, attemptDelay: 10 }),
      );
      for (const { socket } of await Promise.all(racing)) {
        socket.destroy();
        if (!socket.closed) await once(socket, 'close');
      }
    }
    await eventually(() => bad.sockets.size + garbled.sockets.size + good.sockets.size === 0);
    await eventually(() => openSockets() <= before);
  });

  describe('bad options are refused before any attempt', () => {
    test.each([
      ['tls that is text', { tls: 'yes' }, { code: 'ERR_INVALID_ARG_TYPE' }],
      ['tls that is null', { tls: null }, { code: 'ERR_INVALID_ARG_TYPE' }],
      ['the winsock engine', { tls: {}, engine: 'winsock' }, { code: 'ERR_INVALID_ARG_VALUE' }],
      ['no certificate', { tls: { cert: 'nonsense', key } }, { code: /^ERR_OSSL/ }],
      [
        'no protocol',
        { tls: { minVersion: 'TLSv9' } },
        { code: 'ERR_TLS_INVALID_PROTOCOL_VERSION' },
      ],
    ])('%s', async (_what, options, { code }) => {
      const good = await add(serveTls());
      const before = openSockets();
      const merged = { ...OPTIONS, ...options } as ConnectOptions;
      const failure = await failureOf(connectByList([at(good)], merged));
      expect(failure).toMatchObject({ code: expect.stringMatching(code) as string });
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(good.sockets.size).toBe(0);
      expect(openSockets()).toBeLessThanOrEqual(before);
    });
  });
});

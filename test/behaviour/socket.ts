// The winner is a net.Socket like any other.

import { once } from 'node:events';
import * as net from 'node:net';
import * as tls from 'node:tls';

import { connectByList, type ConnectOptions } from '#dist/index';
import { CA as cert, KEY as key } from '../support/certificate';
import type { EngineUnderTest } from '../support/engine';
import { keepAliveTimerOf } from '../support/kernel';
import { serve, serveEcho, type TestServer } from '../support/servers';

const TEN_MB = 10 * 1024 * 1024;

export function describeSocket({ options }: EngineUnderTest): void {
  describe('the socket', () => {
    let echo: TestServer;
    const opened: net.Socket[] = [];

    async function connect(server: TestServer, more: ConnectOptions = {}): Promise<net.Socket> {
      const list = [{ host: server.host, port: server.port }];
      const { socket } = await connectByList(list, { ...options, ...more });
      opened.push(socket);
      return socket;
    }

    beforeAll(async () => {
      echo = await serveEcho();
    });
    afterEach(() => {
      for (const socket of opened.splice(0)) socket.destroy();
    });
    afterAll(() => echo.close());

    test('is a connected net.Socket', async () => {
      const socket = await connect(echo);
      expect(socket).toBeInstanceOf(net.Socket);
      expect(socket).toMatchObject({
        connecting: false,
        pending: false,
        destroyed: false,
        readyState: 'open',
        remotePort: echo.port,
      });
      // A socket that takes both families has the address in its IPv4-mapped form.
      expect(socket.remoteAddress).toMatch(/^(::ffff:)?127\.0\.0\.1$/);
      expect(socket.localAddress).toMatch(/^(::ffff:)?127\.0\.0\.1$/);
    });

    test('writes, reads and ends', async () => {
      const socket = await connect(echo);
      socket.setEncoding('utf8').write('hello ');
      socket.end('there');
      let text = '';
      for await (const chunk of socket) text += String(chunk);
      expect(text).toBe('hello there');
      expect(socket.bytesWritten).toBe(11);
      expect(socket.bytesRead).toBe(11);
    });

    test('keeps what the server sends first until somebody reads', async () => {
      const greeting = await serve('127.0.0.1', (socket) => socket.end('welcome'));
      const socket = await connect(greeting);
      await new Promise((resolve) => setTimeout(resolve, 50));
      let text = '';
      for await (const chunk of socket) text += String(chunk);
      expect(text).toBe('welcome');
      await greeting.close();
    });

    test('carries 10 MB both ways', async () => {
      const socket = await connect(echo);
      const sent = Buffer.alloc(TEN_MB, 'connect by list ');
      socket.end(sent);
      const chunks: Buffer[] = [];
      for await (const chunk of socket) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).equals(sent)).toBe(true);
    });

    test('ends its side when the other side has ended, unless allowHalfOpen says otherwise', async () => {
      const ending = await serve('127.0.0.1', (socket) => socket.end().resume(), {
        allowHalfOpen: true,
      });
      const plain = await connect(ending);
      plain.resume();
      await once(plain, 'close');

      const accepted = ending.accepted();
      const halfOpen = await connect(ending, { allowHalfOpen: true });
      halfOpen.resume();
      await once(halfOpen, 'end');
      const received = once((await accepted).removeAllListeners('data'), 'data');
      halfOpen.end('still here');
      expect(String((await received)[0])).toBe('still here');
      await ending.close();
    });

    test('destroy() closes it, with the error it is given', async () => {
      const socket = await connect(echo);
      const error = new Error('enough');
      const failed = once(socket, 'error');
      socket.destroy(error);
      expect(await failed).toEqual([error]);
      expect(socket.destroyed).toBe(true);
    });

    test('resetAndDestroy() reaches the other side as a reset', async () => {
      const server = await serve();
      const accepted = server.accepted();
      const socket = await connect(server);
      const failed = once(await accepted, 'error');
      socket.resetAndDestroy();
      const [error] = (await failed) as [NodeJS.ErrnoException];
      expect(error.code).toBe('ECONNRESET');
      await server.close();
    });

    test('setTimeout() tells when nothing happens', async () => {
      const socket = await connect(echo);
      socket.setTimeout(30);
      await once(socket, 'timeout');
      expect(socket.destroyed).toBe(false);
    });

    test('ref() and unref() decide whether it keeps the process', async () => {
      const socket = await connect(echo);
      const tcp = (): number =>
        process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
      const before = tcp();
      socket.unref();
      expect(tcp()).toBe(before - 1);
      socket.ref();
      expect(tcp()).toBe(before);
    });

    test('tls.connect({ socket }) runs on it', async () => {
      const server = tls.createServer({ key, cert }, (secure) => {
        secure.on('error', () => secure.destroy()).pipe(secure);
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as net.AddressInfo;
      const { socket } = await connectByList([{ host: '127.0.0.1', port }], options);
      const secure = tls.connect({ socket, ca: cert, servername: 'localhost' });
      await once(secure, 'secureConnect');
      expect(secure.authorized).toBe(true);
      secure.end('over TLS');
      let text = '';
      for await (const chunk of secure) text += String(chunk);
      expect(text).toBe('over TLS');
      server.close();
    });

    test('highWaterMark decides when write() asks to wait', async () => {
      const socket = await connect(echo, { highWaterMark: 1234 });
      expect(socket.writableHighWaterMark).toBe(1234);
      expect(socket.readableHighWaterMark).toBe(1234);
    });

    test('onread gets what arrives, in the buffer that it brings', async () => {
      const buffer = Buffer.alloc(64);
      let text = '';
      const socket = await connect(echo, {
        onread: {
          buffer,
          callback: (length, into) => {
            expect(into).toBe(buffer);
            text += Buffer.from(into.subarray(0, length)).toString();
            return true;
          },
        },
      });
      socket.end('into my buffer');
      await once(socket, 'end');
      expect(text).toBe('into my buffer');
    });

    test('noDelay and keepAlive are set on the connected socket, and only on request', async () => {
      const noDelay = jest.spyOn(net.Socket.prototype, 'setNoDelay');
      const keepAlive = jest.spyOn(net.Socket.prototype, 'setKeepAlive');
      try {
        const plain = await connect(echo);
        expect(noDelay).not.toHaveBeenCalled();
        expect(keepAlive).not.toHaveBeenCalled();
        const asked = await connect(echo, {
          noDelay: true,
          keepAlive: true,
          keepAliveInitialDelay: 60_000,
        });
        expect(noDelay).toHaveBeenCalledWith(true);
        expect(keepAlive).toHaveBeenCalledWith(true, 60_000);
        if (process.platform === 'linux') {
          expect(keepAliveTimerOf(plain)).toBe(false);
          expect(keepAliveTimerOf(asked)).toBe(true);
        }
      } finally {
        noDelay.mockRestore();
        keepAlive.mockRestore();
      }
    });
  });
}

// What is written to a socket of connect() and read from it before it has connected, side by side with
// net.connect(): each test runs on both. docs/net.md lists Node's own tests that these behaviours come from.

import { once } from 'node:events';
import * as net from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as tls from 'node:tls';

import { CA as cert, KEY as key } from '../support/certificate';
import type { EngineUnderTest } from '../support/engine';
import { errorWithCode } from '../support/failure';
import { serve, serveEcho, type TestServer } from '../support/servers';
import { transcriptOf } from '../support/transcript';
import { waysToConnect } from '../support/ways';

async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString();
}

export function describeNetData(engine: EngineUnderTest): void {
  describe.each(waysToConnect(engine))('$name: data before the connect', ({ connect }) => {
    let echo: TestServer;
    let greeting: TestServer;
    const opened: net.Socket[] = [];

    function opening(...given: Parameters<typeof connect>): net.Socket {
      const socket = connect(...given);
      opened.push(socket);
      return socket;
    }

    beforeAll(async () => {
      echo = await serveEcho();
      greeting = await serve('127.0.0.1', (accepted) => accepted.end('welcome'));
    });
    afterEach(() => {
      for (const socket of opened.splice(0)) socket.destroy();
    });
    afterAll(() => Promise.all([echo.close(), greeting.close()]));

    test('writes are queued, counted in bytes, and called back when they are sent', async () => {
      const socket = opening(echo);
      const order: string[] = [];
      socket.on('connect', () => order.push('connect'));
      socket.write('grüße ', () => order.push('first'));
      socket.write(Buffer.from('an '), () => order.push('second'));
      socket.end('alle', () => order.push('end'));
      expect(socket).toMatchObject({ connecting: true, bytesWritten: 15, writableEnded: true });
      expect(await textOf(socket)).toBe('grüße an alle');
      expect(order).toEqual(['connect', 'first', 'second', 'end']);
      expect(socket.bytesWritten).toBe(15);
    });

    test('what is written in the listener of connect comes after what was written before', async () => {
      const socket = opening(echo);
      socket.write('before ');
      socket.once('connect', () => socket.end('after'));
      expect(await textOf(socket)).toBe('before after');
    });

    test('every encoding is sent as it is meant', async () => {
      const socket = opening(echo);
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
      socket.write(bytes.toString('latin1'), 'latin1');
      socket.write(bytes.toString('hex'), 'hex');
      socket.end(bytes.toString('base64'), 'base64');
      const chunks: Buffer[] = [];
      for await (const chunk of socket) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).equals(Buffer.concat([bytes, bytes, bytes]))).toBe(true);
    });

    test('write() asks to wait at the high-water mark, and drain comes with the connect', async () => {
      const socket = opening(echo, { highWaterMark: 4 });
      expect(socket.write('one')).toBe(true);
      expect(socket.write('two')).toBe(false);
      expect(socket.writableLength).toBe(6);
      expect(socket.writableNeedDrain).toBe(true);
      const said = transcriptOf(socket);
      await once(socket, 'ready');
      expect(said.sort()).toEqual(['connect', 'drain', 'ready']);
      expect(socket.writableLength).toBe(0);
    });

    test('write() refuses what is no data', () => {
      const socket = opening(echo);
      expect(() => socket.write(null as unknown as string)).toThrow(
        errorWithCode('ERR_STREAM_NULL_VALUES'),
      );
      for (const bad of [true, 1, undefined, [], {}]) {
        expect(() => socket.write(bad as unknown as string)).toThrow(
          errorWithCode('ERR_INVALID_ARG_TYPE'),
        );
      }
    });

    test('write() after end() is an error', async () => {
      const socket = opening(echo);
      socket.end('last');
      const written = new Promise((resolve) => socket.write('more', resolve));
      const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
      expect(error.code).toBe('ERR_STREAM_WRITE_AFTER_END');
      expect(await written).toBe(error);
    });

    test('end() without data ends its side when it has connected', async () => {
      const socket = opening(echo);
      socket.end();
      const said = transcriptOf(socket);
      expect(said).toEqual([]);
      await once(socket, 'close');
      expect(said).toEqual(['connect', 'ready', 'finish', 'end', 'close false']);
    });

    test('cork() holds what is written until uncork()', async () => {
      const socket = opening(echo);
      socket.cork();
      for (const letter of 'corked') socket.write(letter);
      await once(socket, 'connect');
      expect(socket.writableLength).toBe(6);
      expect(socket.bytesWritten).toBe(6);
      socket.uncork();
      socket.end();
      expect(await textOf(socket)).toBe('corked');
    });

    test('pause() before the connect keeps data back until resume()', async () => {
      const socket = opening(greeting);
      socket.pause();
      const said = transcriptOf(socket);
      await once(socket, 'ready');
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(said).toEqual(['connect', 'ready']);
      expect(socket.bytesRead).toBe(0);
      socket.resume();
      await once(socket, 'close');
      expect(said).toContain('data welcome');
    });

    test('pause() and resume() before the connect leave it flowing', async () => {
      const socket = opening(greeting);
      socket.pause();
      socket.resume();
      const said = transcriptOf(socket);
      await once(socket, 'close');
      expect(said).toContain('data welcome');
    });

    test('setEncoding() before the connect', async () => {
      const socket = opening(greeting).setEncoding('hex');
      const [text] = (await once(socket, 'data')) as [string];
      expect(text).toBe(Buffer.from('welcome').toString('hex'));
    });

    test('nothing is lost where nobody reads at first', async () => {
      const socket = opening(greeting);
      await once(socket, 'connect');
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(await textOf(socket)).toBe('welcome');
    });

    test('a stream is piped in and out', async () => {
      const socket = opening(echo);
      const parts = Array.from({ length: 64 }, (_, i) => `${String(i).repeat(1024)};`);
      const sent = pipeline(Readable.from(parts), socket);
      const [text] = await Promise.all([textOf(socket), sent]);
      expect(text).toBe(parts.join(''));
    });

    test('a megabyte that is written before the connect arrives whole', async () => {
      const socket = opening(echo);
      const sent = Buffer.alloc(1024 * 1024, 'before the connect ');
      socket.end(sent);
      const chunks: Buffer[] = [];
      for await (const chunk of socket) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).equals(sent)).toBe(true);
      expect(socket).toMatchObject({ bytesWritten: sent.length, bytesRead: sent.length });
    });

    test.each([false, true])('allowHalfOpen: %s', async (allowHalfOpen) => {
      const socket = opening(greeting, { allowHalfOpen });
      expect(socket.allowHalfOpen).toBe(allowHalfOpen);
      const said = transcriptOf(socket);
      await once(socket, 'end');
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(said.includes('close false')).toBe(!allowHalfOpen);
      if (!allowHalfOpen) return;
      expect(socket.readyState).toBe('writeOnly');
      socket.end();
      await once(socket, 'close');
    });

    test('onread gets what arrives in its buffer, and false of it pauses', async () => {
      const buffer = Buffer.alloc(4);
      const texts: string[] = [];
      const socket = opening(greeting, {
        onread: {
          buffer,
          callback: (length, into) => {
            expect(into).toBe(buffer);
            texts.push(Buffer.from(into.subarray(0, length)).toString());
            return texts.length !== 1;
          },
        },
      });
      const said = transcriptOf(socket);
      await once(socket, 'ready');
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(texts).toEqual(['welc']);
      socket.resume();
      await once(socket, 'close');
      expect(texts.join('')).toBe('welcome');
      expect(said).toEqual(['connect', 'ready', 'end', 'finish', 'close false']);
    });

    test('tls.connect({ socket }) shakes hands when it has connected', async () => {
      const server = tls.createServer({ key, cert }, (secure) => {
        secure.on('error', () => secure.destroy()).pipe(secure);
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as net.AddressInfo;
      const socket = opening({ host: '127.0.0.1', port });
      const secure = tls.connect({ socket, ca: cert, servername: 'localhost' });
      expect(secure.connecting).toBe(true);
      secure.end('over TLS');
      expect(await textOf(secure)).toBe('over TLS');
      expect(secure.authorized).toBe(true);
      server.close();
    });
  });
}

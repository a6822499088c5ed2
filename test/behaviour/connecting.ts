// What every engine does with a list that can be connected to.

import * as net from 'node:net';

import { connectByList, type Connection, type EndpointLike } from '#dist/index';
import type { EngineUnderTest } from '../support/engine';
import { refusingPort, refusingPorts } from '../support/ports';
import { serve, serveEcho, type TestServer } from '../support/servers';

/** A socket that takes both families shows IPv4 addresses mapped; the Connection never does. */
function plain(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.)/, '');
}

export function describeConnecting({ options, races }: EngineUnderTest): void {
  describe('connecting', () => {
    const servers: TestServer[] = [];
    const connections: Connection[] = [];

    async function server(host?: string): Promise<TestServer> {
      const made = await serve(host);
      servers.push(made);
      return made;
    }

    async function connect(endpoints: Iterable<EndpointLike>): Promise<Connection> {
      const connection = await connectByList(endpoints, options);
      connections.push(connection);
      return connection;
    }

    afterEach(async () => {
      for (const { socket } of connections.splice(0)) socket.destroy();
      await Promise.all(servers.splice(0).map((made) => made.close()));
    });

    test('C01 connects to one endpoint of the list, each with its own port', async () => {
      const [refusing, healthy] = [await refusingPort(), await server()];
      const accepted = healthy.accepted();
      const { remoteAddress, socket } = await connect([
        { host: '127.0.0.1', port: refusing },
        { host: '127.0.0.1', port: healthy.port },
      ]);
      expect(remoteAddress.port).toBe(healthy.port);
      expect((await accepted).remotePort).toBe(socket.localPort);
    });

    test('C01 the first of two healthy endpoints wins', async () => {
      const [first, second] = [await server(), await server()];
      const { remoteAddress } = await connect([
        `127.0.0.1:${first.port}`,
        `127.0.0.1:${second.port}`,
      ]);
      expect(remoteAddress.port).toBe(first.port);
    });

    test.each([
      ['IPv6', '::1', '127.0.0.1'],
      ['IPv4', '127.0.0.1', '::1'],
    ])('C02 %s is reached in a mixed list', async (_family, host, other) => {
      const healthy = await server(host);
      const refusing = await refusingPort(other);
      const { remoteAddress } = await connect([
        { host: other, port: refusing },
        { host, port: healthy.port },
      ]);
      expect(remoteAddress).toMatchObject({ address: host, port: healthy.port });
    });

    test('C04 an IPv4-mapped address connects as the IPv4 address it stands for', async () => {
      const healthy = await server();
      for (const host of ['::ffff:127.0.0.1', '::FFFF:7f00:1', '0:0:0:0:0:ffff:127.0.0.1']) {
        const { remoteAddress } = await connect([{ host, port: healthy.port }]);
        expect(remoteAddress).toMatchObject({ address: '127.0.0.1', family: 'ipv4' });
      }
    });

    test('C07 every endpoint is tried before giving up: the last of thirty answers', async () => {
      const ports = await refusingPorts(29);
      const healthy = await server();
      const list = [...ports, healthy.port].map((port) => ({ host: '127.0.0.1', port }));
      const { remoteAddress, attempts } = await connect(list);
      expect(remoteAddress.port).toBe(healthy.port);
      expect(attempts.at(-1)).toMatchObject({ port: healthy.port, outcome: 'connected' });
      if (!races) return;
      expect(attempts.map(({ port }) => port)).toEqual(list.map(({ port }) => port));
      const failed = attempts.slice(0, -1).map(({ outcome }) => outcome);
      expect(failed).toEqual(ports.map(() => 'failed'));
    });

    test.each(['127.0.0.1', '::1'])(
      'C09 both addresses are told, un-mapped, as the socket has them (%s)',
      async (host) => {
        const healthy = await server(host);
        const { socket, localAddress, remoteAddress } = await connect([
          { host, port: healthy.port },
        ]);
        const { address } = socket.address() as net.AddressInfo;
        expect(plain(address)).toBe(localAddress.address);
        expect(localAddress).toMatchObject({ address: host, port: socket.localPort });
        expect(remoteAddress).toMatchObject({ address: host, port: healthy.port });
        expect(plain(socket.remoteAddress)).toBe(host);
        expect(socket.remotePort).toBe(healthy.port);
      },
    );

    test('C11 without a timeout the call waits for what takes long', async () => {
      const healthy = await server();
      const slowLookup: net.LookupFunction = (_name, _options, callback) => {
        setTimeout(callback, 300, null, '127.0.0.1', 4);
      };
      const connection = await connectByList([`slow.test:${healthy.port}`], {
        ...options,
        lookup: slowLookup,
      });
      connections.push(connection);
      expect(connection.attempts[0]?.start).toBeGreaterThan(250);
    });

    test('an attempt is told with addresses, outcome, code and times from the call', async () => {
      const [refusing, healthy] = [await refusingPort(), await server()];
      const before = performance.now();
      const { attempts } = await connect([`127.0.0.1:${refusing}`, `127.0.0.1:${healthy.port}`]);
      const took = performance.now() - before;
      expect(attempts).toHaveLength(races ? 2 : 1);
      if (races) {
        const [failed] = attempts;
        expect(failed).toMatchObject({
          host: '127.0.0.1',
          port: refusing,
          outcome: 'failed',
          code: 'ECONNREFUSED',
        });
        expect(failed?.remoteAddress).toMatchObject({ address: '127.0.0.1', port: refusing });
      }
      const connected = attempts.at(-1);
      expect(connected).toMatchObject({
        port: healthy.port,
        outcome: 'connected',
        code: undefined,
      });
      expect(connected?.localAddress?.address).toBe('127.0.0.1');
      const times = attempts.flatMap(({ start, end }) => [start, end]);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(times[0]).toBeGreaterThanOrEqual(0);
      expect(times.at(-1)).toBeLessThanOrEqual(took);
    });

    test('an endpoint is an object, a net.SocketAddress or a string; a list is any iterable', async () => {
      const [v4, v6] = [await server(), await server('::1')];
      function* list(): Generator<EndpointLike> {
        yield new net.SocketAddress({ address: '127.0.0.1', port: v4.port });
      }
      const forms: Iterable<EndpointLike>[] = [
        list(),
        new Set([`[::1]:${v6.port}`]),
        [new net.SocketAddress({ address: '::1', port: v6.port, family: 'ipv6' })],
        [{ host: '127.0.0.1', port: String(v4.port) as unknown as number }],
      ];
      for (const form of forms) {
        const { remoteAddress } = await connect(form);
        expect([v4.port, v6.port]).toContain(remoteAddress.port);
      }
    });

    test('many calls at once each get their own connection', async () => {
      const echo = await serveEcho();
      servers.push(echo);
      const words = Array.from({ length: 50 }, (_, i) => `call ${i}`);
      const answers = await Promise.all(
        words.map(async (word) => {
          const { socket } = await connect([`127.0.0.1:${echo.port}`]);
          socket.setEncoding('utf8').end(word);
          let answer = '';
          for await (const chunk of socket) answer += String(chunk);
          return answer;
        }),
      );
      expect(answers).toEqual(words);
    });
  });
}

// The order of attempts of the race engine, and where they come from.

import * as dns from 'node:dns';

import { connectByList, sortAddressPairs, type ConnectOptions } from '#dist/index';
import { runChild } from '../support/child';
import { connectErrorOf, failureOf } from '../support/failure';
import { ownPort, refusingPort, refusingPorts } from '../support/ports';
import { serve } from '../support/servers';

const race: ConnectOptions = { engine: 'race' };

describe('order', () => {
  test('RFC 6724 rule 6: ::1 has precedence over 127.0.0.1, wherever it stands in the list', async () => {
    const [v4, v6] = [await refusingPort(), await refusingPort('::1')];
    const list = [`127.0.0.1:${v4}`, `[::1]:${v6}`];
    const error = await connectErrorOf(connectByList(list, race));
    expect(error.attempts.map(({ host }) => host)).toEqual(['::1', '127.0.0.1']);
  });

  test('RFC 6724 rule 10: between equals the order of the list decides', async () => {
    const ports = await refusingPorts(8);
    const error = await connectErrorOf(
      connectByList(
        ports.map((port) => `127.0.0.1:${port}`),
        race,
      ),
    );
    expect(error.attempts.map(({ port }) => port)).toEqual(ports);
  });

  test('RFC 8305 section 4: families take turns', async () => {
    const v4 = await refusingPorts(3);
    const v6 = await refusingPorts(3, '::1');
    const list = [
      ...v4.map((port) => ({ host: '127.0.0.1', port })),
      ...v6.map((port) => ({ host: '::1', port })),
    ];
    const error = await connectErrorOf(connectByList(list, race));
    expect(error.attempts.map(({ port }) => port)).toEqual([
      v6[0],
      v4[0],
      v6[1],
      v4[1],
      v6[2],
      v4[2],
    ]);
  });

  test('sortAddressPairs() tells what would be tried, best first', async () => {
    const pairs = await sortAddressPairs(['127.0.0.1:80', '[::1]:443', '[fe80::1%nowhere]:80']);
    const best = pairs.slice(0, 3);
    expect(best).toMatchObject([
      { scope: 2, label: 0, precedence: 50, reachable: true },
      { scope: 2, label: 4, precedence: 35, reachable: true },
      { scope: 2, label: 1, precedence: 40, reachable: false },
    ]);
    expect(best.map(({ remote }) => [remote.address, remote.port])).toEqual([
      ['::1', 443],
      ['127.0.0.1', 80],
      ['fe80::1', 80],
    ]);
    expect(best.map(({ local }) => local?.address)).toEqual(['::1', '127.0.0.1', undefined]);
  });

  describe('that the process has been told', () => {
    const before = dns.getDefaultResultOrder();
    afterEach(() => dns.setDefaultResultOrder(before));

    test.each<['ipv4first' | 'ipv6first' | 'verbatim', string[]]>([
      ['ipv4first', ['127.0.0.1', '::1', '127.0.0.1', '::1']],
      ['ipv6first', ['::1', '127.0.0.1', '::1', '127.0.0.1']],
      ['verbatim', ['::1', '127.0.0.1', '::1', '127.0.0.1']],
    ])('%s: the families take turns beginning with that one', async (order, expected) => {
      dns.setDefaultResultOrder(order);
      const pairs = await sortAddressPairs(['[::1]:1', '[::1]:2', '127.0.0.1:1', '127.0.0.1:2']);
      expect(pairs.slice(0, 4).map(({ remote }) => remote.address)).toEqual(expected);
    });

    test('node --dns-result-order does the same', async () => {
      const program = `
        require('./dist').sortAddressPairs(['[::1]:1', '127.0.0.1:1'])
          .then(([first]) => console.log(first.remote.address));
      `;
      const { stdout } = await runChild(program, ['--dns-result-order=ipv4first']);
      expect(stdout.trim()).toBe('127.0.0.1');
    });
  });

  test('sortAddressPairs() refuses what connectByList() refuses', async () => {
    expect(await failureOf(sortAddressPairs([]))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
  });

  test('10,000 endpoints are ordered, and the healthy one among them is found', async () => {
    const server = await serve();
    const port = await refusingPort();
    const list = Array.from({ length: 10_000 }, (_, i) => ({
      host: `127.0.${i >> 8}.${i & 255}`,
      port,
    }));
    list.splice(9_000, 0, { host: '127.0.0.1', port: server.port });
    const { socket, attempts } = await connectByList(list, race);
    socket.destroy();
    expect(attempts).toHaveLength(9_001);
    await server.close();
  });

  describe('from where', () => {
    test('localAddress and localPort are where the connection comes from', async () => {
      const server = await serve();
      const localPort = await ownPort();
      const options = { ...race, localAddress: '127.0.0.1', localPort };
      const list = [`127.0.0.1:${server.port}`];
      const accepted = server.accepted();
      const { socket, localAddress } = await connectByList(list, options);
      expect(localAddress).toMatchObject({ address: '127.0.0.1', port: localPort });
      expect(socket.localPort).toBe(localPort);
      expect((await accepted).remotePort).toBe(localPort);
      socket.destroy();
      await server.close();
    });

    test('a localPort alone leaves the address to the system', async () => {
      const server = await serve();
      const localPort = await ownPort();
      const list = [`127.0.0.1:${server.port}`];
      const { socket, localAddress } = await connectByList(list, { ...race, localPort });
      expect(localAddress).toMatchObject({ address: '127.0.0.1', port: localPort });
      socket.destroy();
      await server.close();
    });

    test('an address that is not ours fails as an attempt', async () => {
      const server = await serve();
      const options = { ...race, localAddress: '192.0.2.1' };
      const error = await connectErrorOf(connectByList([`127.0.0.1:${server.port}`], options));
      expect(error).toMatchObject({ code: 'EADDRNOTAVAIL' });
      await server.close();
    });

    test.each(['fe80::1%nope0', 'fe80::1%4294967295', 'fe80::1'])(
      'an address whose zone is not on this host is not left out: %s',
      async (localAddress) => {
        const server = await serve('::1');
        const list = [`[::1]:${server.port}`, `127.0.0.1:${await refusingPort()}`];
        const error = await connectErrorOf(connectByList(list, { ...race, localAddress }));
        expect(server.sockets.size).toBe(0);
        await server.close();
        expect(error.attempts.every(({ outcome }) => outcome === 'failed')).toBe(true);
        // Of the others each system has a word of its own.
        if (localAddress !== 'fe80::1%nope0') return;
        expect(error.attempts.map(({ code }) => code)).toEqual(['EINVAL', 'EINVAL']);
      },
    );

    test.each(['127.0.0.1', '0.0.0.0', '::1', '::', '::ffff:0.0.0.0', '::ffff:0.0.0.0%1'])(
      'a connect that meets itself is refused: %s',
      async (host) => {
        const port = await ownPort();
        const options = { ...race, localPort: port };
        const error = await connectErrorOf(connectByList([{ host, port }], options));
        expect(error).toMatchObject({ code: 'ECONNREFUSED' });
      },
    );

    test('C05 winsock takes an unbound socket only: asked for both, it is refused', async () => {
      const options: ConnectOptions = { engine: 'winsock', localAddress: '127.0.0.1' };
      const failure = await failureOf(connectByList(['127.0.0.1:1'], options));
      expect(failure).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
    });
  });
});

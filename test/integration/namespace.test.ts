// What needs a network of its own: the test runs itself again in a new network namespace, where nothing
// can be reached but what the test makes there.

import * as fs from 'node:fs';

import { describeOwnNetwork, runAlone } from '../support/own-network';

describeOwnNetwork('in a network of its own', () => {
  test('C15 hosts without a route are tried last, and fail at once, each with its error', async () => {
    const ended = await runAlone(
      'ip link set lo up',
      `
        const net = require('node:net');
        const { connectByList } = require('./dist');
        const server = net.createServer((socket) => socket.on('error', () => {}).end()).listen(0, '127.0.0.1', async () => {
          const healthy = { host: '127.0.0.1', port: server.address().port };
          const lost = ['192.0.2.1:80', '[2001:db8::1]:80'];
          const { attempts, socket } = await connectByList([...lost, healthy]);
          socket.destroy();
          server.close();
          console.log(attempts.map(({ code, outcome }) => code ?? outcome).join());
          await connectByList(lost).catch((error) => {
            console.log(error.code, error.errors.map(({ code }) => code).join());
          });
        });
      `,
    );
    expect(ended).toMatchObject({ stderr: '', code: 0 });
    expect(ended.stdout).toBe('connected\nENETUNREACH ENETUNREACH,ENETUNREACH\n');
  });

  test('RFC 6724 each destination is ordered by its own source, whatever was asked before it', async () => {
    const ended = await runAlone(
      `ip link set lo up
      ip address add 198.51.100.1/24 dev lo
      ip address add 203.0.113.1/24 dev lo`,
      `
        const { sortAddressPairs } = require('./dist');
        const hosts = ['203.0.113.9', '127.0.0.1', '192.0.2.1', '198.51.100.9', '203.0.113.8', '::1'];
        sortAddressPairs(hosts.map((host) => ({ host, port: 1 }))).then((pairs) => {
          const first = new Map();
          for (const { remote, local } of pairs) {
            if (!first.has(remote.address)) first.set(remote.address, local?.address);
          }
          for (const host of hosts) console.log(host, 'from', first.get(host));
        });
      `,
    );
    expect(ended).toMatchObject({ stderr: '', code: 0 });
    expect(ended.stdout.trim().split('\n')).toEqual([
      '203.0.113.9 from 203.0.113.1',
      '127.0.0.1 from 127.0.0.1',
      '192.0.2.1 from undefined',
      '198.51.100.9 from 198.51.100.1',
      '203.0.113.8 from 203.0.113.1',
      '::1 from ::1',
    ]);
  });

  test('RFC 6724 rule 3 a destination that is reached from a deprecated address comes later', async () => {
    const ended = await runAlone(
      `ip link set lo up
      ip -6 address add 2001:db8:1::1/64 dev lo nodad
      ip -6 address add 2001:db8:2::1/64 dev lo nodad preferred_lft 0
      ip -6 route add 2001:db8:a::/64 dev lo src 2001:db8:1::1
      ip -6 route add 2001:db8:b::/64 dev lo src 2001:db8:2::1`,
      `
        const { sortAddressPairs } = require('./dist');
        sortAddressPairs(['[2001:db8:b::1]:1', '[2001:db8:a::1]:1']).then((pairs) => {
          for (const { remote, local } of pairs.slice(0, 2)) {
            console.log(remote.address, 'from', local.address);
          }
        });
      `,
    );
    expect(ended).toMatchObject({ stderr: '', code: 0 });
    expect(ended.stdout.trim().split('\n')).toEqual([
      '2001:db8:a::1 from 2001:db8:1::1',
      '2001:db8:b::1 from 2001:db8:2::1',
    ]);
  });

  test('a connect that meets itself is no connection (RFC 9293 section 3.5)', async () => {
    const ended = await runAlone(
      'ip link set lo up; echo 40000 40000 > /proc/sys/net/ipv4/ip_local_port_range',
      `
        const { connectByList } = require('./dist');
        connectByList(['127.0.0.1:40000']).then(
          ({ socket }) => { console.log('connected to itself'); socket.destroy(); },
          (error) => console.log(error.code),
        );
      `,
    );
    expect(ended).toMatchObject({ stdout: 'ECONNREFUSED\n', stderr: '', code: 0 });
  });

  test('where IPv6 is off, IPv4 is tried first and connects, and IPv6 fails as an attempt', async () => {
    const ended = await runAlone(
      'ip link set lo up; echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6',
      `
        const net = require('node:net');
        const { connectByList } = require('./dist');
        const server = net.createServer((socket) => socket.on('error', () => {}).end()).listen(0, '127.0.0.1', async () => {
          const { port } = server.address();
          const { attempts, socket } = await connectByList(['[::1]:' + port, '127.0.0.1:' + port]);
          socket.destroy();
          server.close();
          console.log(attempts.map(({ code, outcome }) => code ?? outcome).join());
          await connectByList(['[::1]:' + port]).catch((error) => console.log(error.code));
        });
      `,
    );
    expect(ended).toMatchObject({ stderr: '', code: 0 });
    expect(ended.stdout).toMatch(/^connected\nE[A-Z]+\n$/);
  });

  const ORDER_OF_LOOPBACK = `
    require('./dist').sortAddressPairs(['[::1]:80', '127.0.0.1:80']).then((pairs) => {
      console.log(pairs.map(({ remote, precedence }) => remote.address + ' ' + precedence).join());
    });
  `;

  test('without anything set, RFC 6724 has IPv6 first', async () => {
    const { stdout } = await runAlone(
      'ip link set lo up; test ! -e /etc/gai.conf || mount --bind /dev/null /etc/gai.conf',
      ORDER_OF_LOOPBACK,
    );
    expect(stdout).toBe('::1 50,127.0.0.1 35\n');
  });

  const withGaiConf = fs.existsSync('/etc/gai.conf') ? test : test.skip;
  withGaiConf('the lines of /etc/gai.conf replace the policy table', async () => {
    const { stdout } = await runAlone(
      `ip link set lo up
      mount -t tmpfs tmpfs /mnt
      echo 'precedence ::ffff:0:0/96 100' >/mnt/gai.conf
      mount --bind /mnt/gai.conf /etc/gai.conf`,
      ORDER_OF_LOOPBACK,
    );
    expect(stdout).toBe('127.0.0.1 100,::1 40\n');
  });

  describe('with two hosts and two addresses on each side', () => {
    // "here" and "there" are the two ends of a veth pair, each in a namespace of its own. There is a
    // firewall of a kind: a route there that answers only one of our two addresses.
    const NETWORK = `
      ip link set lo up
      ip link add here type veth peer name there
      unshare --net sleep 300 & sleep=$!
      trap "kill $sleep" EXIT
      # It is in its own namespace when that is another one than ours.
      until [ "$(readlink /proc/$sleep/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.05; done
      ip link set there netns $sleep
      run() { nsenter --net=/proc/$sleep/ns/net "$@"; }
      ip addr add 192.0.2.1/24 dev here
      ip addr add 192.0.2.2/24 dev here
      ip link set here up
      run ip addr add 192.0.2.9/24 dev there
      run ip link set there up
      run ip link set lo up
    `;

    /** Listens there, and then runs the text here. */
    const whereItListens = (ports: number[], text: string): string => `
      const { spawn } = require('node:child_process');
      const { connectByList } = require('./dist');
      const row = ({ port, localAddress, code, outcome }) => [port, localAddress.address, code ?? outcome].join(' ');
      const serve = "for (const port of ${JSON.stringify(ports)}) require('node:net').createServer((s) => s.on('error', () => {}).end()).listen(port); setTimeout(() => console.log('up'), 100)";
      const server = spawn('nsenter', ['--net=/proc/' + process.env.sleep + '/ns/net', process.execPath, '-e', serve]);
      server.stdout.once('data', async () => {
        ${text}
        server.kill();
      });
    `;

    test('C07 a destination that has refused is not tried from elsewhere', async () => {
      const ended = await runAlone(
        `${NETWORK}
        # What comes from the second address gets no answer: a VPN, say, without a way back.
        run ip route add blackhole 192.0.2.2/32
        `,
        whereItListens(
          [7001],
          `
          for (const list of [['192.0.2.9:7000'], ['192.0.2.9:7000', '192.0.2.9:7002']]) {
            await connectByList(list, { timeout: 20000 }).catch((error) => {
              console.log(error.code, error.attempts.map(row).join(), / (the only endpoint|none of \\d endpoints) /.exec(error.message)[1]);
            });
          }
          `,
        ),
      );
      expect(ended).toMatchObject({ stderr: '', code: 0 });
      expect(ended.stdout.split('\n').slice(0, 2)).toEqual([
        'ECONNREFUSED 7000 192.0.2.1 ECONNREFUSED the only endpoint',
        'ECONNREFUSED 7000 192.0.2.1 ECONNREFUSED,7002 192.0.2.1 ECONNREFUSED none of 2 endpoints',
      ]);
    });

    test('C07 C23 every pair that a policy returns is tried, refusal or not', async () => {
      const ended = await runAlone(
        NETWORK,
        whereItListens(
          [7001],
          `
          await connectByList(['192.0.2.9:7000'], { policy: (pairs) => pairs }).catch((error) => {
            console.log(error.attempts.map(row).join());
          });
          `,
        ),
      );
      expect(ended).toMatchObject({ stderr: '', code: 0 });
      expect(ended.stdout).toBe('7000 192.0.2.1 ECONNREFUSED,7000 192.0.2.2 ECONNREFUSED\n');
    });

    test('C07 a source without a route is replaced by one that has it', async () => {
      const ended = await runAlone(
        `${NETWORK}
        # There is no way for the address that the system would choose.
        ip rule add from 192.0.2.1 unreachable
        `,
        whereItListens(
          [7000],
          `
          const { attempts, socket } = await connectByList(['192.0.2.9:7000'], { timeout: 20000 });
          socket.destroy();
          console.log(attempts.at(-1).localAddress.address, attempts.at(-1).outcome);
          `,
        ),
      );
      expect(ended).toMatchObject({ stderr: '', code: 0 });
      expect(ended.stdout).toBe('192.0.2.2 connected\n');
    });

    test('C07 the other local addresses are tried when every destination has had its best pair', async () => {
      const ended = await runAlone(
        `${NETWORK}
        # What comes from 192.0.2.1, the system's own choice, gets no answer.
        run ip route add blackhole 192.0.2.1/32
        `,
        `
          const { spawn } = require('node:child_process');
          const { connectByList } = require('./dist');
          const serve = "require('node:net').createServer((s) => s.on('error', () => {}).end()).listen(7000, () => console.log('up'))";
          const server = spawn('nsenter', ['--net=/proc/' + process.env.sleep + '/ns/net', process.execPath, '-e', serve]);
          server.stdout.once('data', async () => {
            const list = ['192.0.2.9:7000', '192.0.2.9:7001'];
            const { attempts, socket } = await connectByList(list, { attemptDelay: 50 });
            socket.destroy();
            server.kill();
            const row = ({ port, localAddress, outcome }) => port + ' ' + localAddress.address + ' ' + outcome;
            console.log(attempts.map(row).join());
          });
        `,
      );
      expect(ended).toMatchObject({ stderr: '', code: 0 });
      expect(ended.stdout).toBe(
        '7000 192.0.2.1 lost,7001 192.0.2.1 lost,7000 192.0.2.2 connected\n',
      );
    });
  });
});

// What needs a network of its own: the test runs itself again in a new network namespace, where nothing
// can be reached but what the test makes there.

import { run, type Ended } from '../support/child';

/** Runs the shell commands, and then the program in Node, in a network namespace of their own. */
function runAlone(commands: string, program: string): Promise<Ended> {
  const script = `set -e; ${commands}; exec "$0" -e "$1"`;
  const unshare = ['--map-root-user', '--user', '--net', 'sh', '-c', script];
  return run('unshare', [...unshare, process.execPath, program]);
}

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('in a network of its own', () => {
  test('C15 hosts without a route fail at once, each with its error, and the list goes on', async () => {
    const ended = await runAlone(
      'ip link set lo up',
      `
        const net = require('node:net');
        const { connectByList } = require('./dist');
        const server = net.createServer((socket) => socket.end()).listen(0, '127.0.0.1', async () => {
          const healthy = { host: '127.0.0.1', port: server.address().port };
          const lost = ['192.0.2.1:80', '[2001:db8::1]:80'];
          const { attempts, socket } = await connectByList([...lost, healthy]);
          socket.destroy();
          server.close();
          console.log(attempts.map(({ code, outcome }) => code ?? outcome).join());
          await connectByList(lost).catch((error) => console.log(error.code));
        });
      `,
    );
    expect(ended).toMatchObject({ stderr: '', code: 0 });
    expect(ended.stdout).toBe('ENETUNREACH,ENETUNREACH,connected\nENETUNREACH\n');
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

  test('where IPv6 is off, IPv4 connects and IPv6 fails as an attempt', async () => {
    const ended = await runAlone(
      'ip link set lo up; echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6',
      `
        const net = require('node:net');
        const { connectByList } = require('./dist');
        const server = net.createServer((socket) => socket.end()).listen(0, '127.0.0.1', async () => {
          const { port } = server.address();
          const { attempts, socket } = await connectByList(['[::1]:' + port, '127.0.0.1:' + port]);
          socket.destroy();
          server.close();
          console.log(attempts.map(({ code, outcome }) => code ?? outcome).join());
        });
      `,
    );
    expect(ended).toMatchObject({ stderr: '', code: 0 });
    expect(ended.stdout).toMatch(/^E[A-Z]+,connected\n$/);
  });
});

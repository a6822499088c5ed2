// Makes the benchmark's network: this process is in a fresh network namespace (run.mjs sees to it), the servers
// are in another, and between the two is a veth pair, and a wire that takes 300 ms one way.
//
//   healthy      a server listens
//   refused      the system there answers with RST, because nobody listens
//   blackhole    nft drops the SYN on its way in
//   unreachable  there is no way to it from here
//   slow         a server listens, behind the slow wire

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';

import { run } from '../run-command.mjs';
import { address, BLOCKS, CLIENT, SERVER, SERVERS } from './addresses.mjs';

/** ms that a SYN-ACK from a slow address is late. */
export const SLOW_MS = 300;

/** @returns what ends it; everything of it ends with this process too. */
export async function makeNetwork(build) {
  const server = spawn(
    'unshare',
    ['--net', process.execPath, fileURLToPath(new URL('server.mjs', import.meta.url))],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const serverSays = linesOf(server);
  await serverSays('here');
  const namespace = `/proc/${server.pid}/ns/net`;
  const there = (commands) => run('nsenter', [`--net=${namespace}`, 'sh', '-ec', commands]);

  await run('sh', [
    '-ec',
    `ip link set lo up; ip link add here type veth peer name there; ip link set there netns ${server.pid}`,
  ]);
  const router = spawn(`${build}/delay-router`, ['slow', namespace, String(SLOW_MS)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await linesOf(router)('ready');
  await there(SERVER_SIDE);
  await run('sh', ['-ec', CLIENT_SIDE]);
  server.stdin.write('listen\n');
  await serverSays('listening');
  return () => {
    router.stdin.end();
    server.stdin.end();
  };
}

/** Says when the process has said what is waited for. */
function linesOf(child) {
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (wanted) => {
    const { value } = await Promise.race([
      lines.next(),
      once(child, 'error').then(([error]) => Promise.reject(error)),
    ]);
    if (value !== wanted)
      throw new Error(`${child.spawnargs.join(' ')}: "${wanted}" expected, not "${value}"`);
  };
}

const CLIENT_SIDE = `
  echo 0 > /proc/sys/net/ipv6/conf/all/disable_ipv6
  ip addr add ${CLIENT[4]}/24 dev here
  ip addr add ${CLIENT[6]}/64 dev here nodad
  ip link set here up
  # The client has one address: where it connects from says nothing about the way.
  ip link set slow up
  ip route add ${BLOCKS.slow[4]} dev slow src ${CLIENT[4]}
  for block in ${['healthy', 'refused', 'blackhole'].map((kind) => BLOCKS[kind][4]).join(' ')}; do
    ip route add $block via ${SERVER[4]} src ${CLIENT[4]}
  done
  for block in ${['healthy', 'refused', 'blackhole'].map((kind) => BLOCKS[kind][6]).join(' ')}; do
    ip -6 route add $block via ${SERVER[6]} src ${CLIENT[6]}
  done
  ip route add unreachable ${BLOCKS.unreachable[4]}
  ip -6 route add unreachable ${BLOCKS.unreachable[6]}
  # The first packets wait for nobody's address.
  ip neigh replace ${SERVER[4]} dev here lladdr 02:00:00:00:00:02 nud permanent
  ip neigh replace ${SERVER[6]} dev here lladdr 02:00:00:00:00:02 nud permanent
`;

const each = (make) => Array.from({ length: SERVERS }, (_, i) => make(i)).join('\n');

const SERVER_SIDE = `
  echo 0 > /proc/sys/net/ipv6/conf/all/disable_ipv6
  ip link set lo up
  ip link set there address 02:00:00:00:00:02
  ip addr add ${SERVER[4]}/24 dev there
  ip addr add ${SERVER[6]}/64 dev there nodad
  ip link set there up
  ip link set slow up
  ${each((i) => `ip addr add ${address('healthy', i)}/32 dev there`)}
  ${each((i) => `ip addr add ${address('healthy', i, 6)}/128 dev there nodad`)}
  ${each((i) => `ip addr add ${address('slow', i)}/32 dev there`)}
  # Every address of these is this host, so that its RST is the kernel's own.
  for block in ${BLOCKS.refused[4]} ${BLOCKS.blackhole[4]}; do ip route add local $block dev lo; done
  for block in ${BLOCKS.refused[6]} ${BLOCKS.blackhole[6]}; do ip -6 route add local $block dev lo; done
  # What comes from a slow address takes the slow wire.
  ip rule add from ${BLOCKS.slow[4]} lookup 5
  ip route add default dev slow table 5
  for interface in all slow there; do echo 0 > /proc/sys/net/ipv4/conf/$interface/rp_filter; done
  nft -f - <<'RULES'
table inet bench {
  chain input {
    type filter hook input priority 0
    ip daddr ${BLOCKS.blackhole[4]} drop
    ip6 daddr ${BLOCKS.blackhole[6]} drop
  }
}
RULES
`;

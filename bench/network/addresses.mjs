// Who is who in the benchmark's network. All of it is from the blocks for benchmarks (198.18.0.0/15, RFC
// 2544; 2001:2::/48, RFC 5180), and exists in network namespaces of the benchmark's own only.

/** Where the servers listen. */
export const PORT = 7000;
/** Whoever connects here gets SOURCE_BYTES bytes and the end. */
export const SOURCE_PORT = 7001;
export const SOURCE_BYTES = 2 ** 30;

/** Of each kind there are so many with a server: the others are not listened at. */
export const SERVERS = 8;

export const CLIENT = { 4: '198.18.0.1', 6: '2001:2::1' };
export const SERVER = { 4: '198.18.0.2', 6: '2001:2::2' };

/**
 * Where the endpoints of each kind are; the refused ones take a quarter of IPv4's block. Each kind matches the
 * client's own IPv6 address in the same number of bits: otherwise rule 9 of RFC 6724 would order them by kind.
 */
export const BLOCKS = {
  healthy: { 4: '198.18.1.0/24', 6: '2001:2:0:8001::/64' },
  refused: { 4: '198.18.64.0/18', 6: '2001:2:0:8002::/64' },
  blackhole: { 4: '198.18.3.0/24', 6: '2001:2:0:8003::/64' },
  unreachable: { 4: '198.18.4.0/24', 6: '2001:2:0:8004::/64' },
  slow: { 4: '198.18.5.0/24' },
};

/** The nth address of a kind, from 0 on. */
export function address(kind, n, family = 4) {
  const network = BLOCKS[kind][family].split('/')[0];
  if (family === 6) return network.replace(/::$/, `::${(n + 1).toString(16)}`);
  const [a, b, c] = network.split('.').map(Number);
  return [a, b, c + Math.floor((n + 1) / 256), (n + 1) % 256].join('.');
}

/** Endpoints of a kind: `count` of them, the first of which is the nth address. */
export function endpoints(kind, count = 1, { family = 4, from = 0 } = {}) {
  return Array.from({ length: count }, (_, i) => ({
    host: address(kind, from + i, family),
    port: PORT,
  }));
}

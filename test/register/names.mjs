// Names of the tests' own: every name under .test has two addresses, ::1 and 127.0.0.1, in this process. What asks a
// name server by itself hears the same, and nothing leaves this machine.

import dns from 'node:dns';

const ADDRESSES = [
  { address: '::1', family: 6 },
  { address: '127.0.0.1', family: 4 },
];

export function makeUpNames() {
  const lookup = dns.lookup;
  dns.lookup = (name, options, callback) => {
    const answered = callback ?? options;
    if (!name.endsWith('.test')) return lookup(name, options, callback);
    const { all = false, family = 0 } = typeof options === 'object' ? options : { family: options };
    const addresses = ADDRESSES.filter((one) => family === 0 || family === one.family);
    setImmediate(() => {
      if (all) answered(null, addresses);
      else answered(null, addresses[0].address, addresses[0].family);
    });
    return {};
  };
  const { lookup: promised } = dns.promises;
  dns.promises.lookup = (name, options) =>
    name.endsWith('.test')
      ? Promise.resolve(options?.all ? ADDRESSES : ADDRESSES[0])
      : promised(name, options);

  const answers = { resolve4: ['127.0.0.1'], resolve6: ['::1'] };
  for (const resolver of [dns, dns.Resolver.prototype]) {
    for (const [query, answer] of Object.entries(answers)) {
      resolver[query] = (_, ...given) => setImmediate(given.at(-1), null, answer);
    }
  }
}

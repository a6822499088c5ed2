// The other end of run.mjs, in a process of its own, so that what it holds is not counted: an endpoint that
// sends back what it reads, on every address of loopback, one that refuses, and one that never answers.

import { blackhole } from '../../build-test/support/blackhole.js';
import { refusingPort } from '../../build-test/support/ports.js';
import { serveEcho } from '../../build-test/support/servers.js';

const [healthy, hole] = await Promise.all([serveEcho('0.0.0.0'), blackhole()]);
process.send({ healthy: healthy.port, dead: hole.port, refused: await refusingPort() });
process.on('disconnect', () => process.exit());

// npm run bench:windows: the benchmarks that need Windows' node.exe, in the lane.

import fs from 'node:fs';

import { makeLane, makeStage, runNode } from '../test/windows/lane/lane.mjs';

const NODE = 'node-24-x64';

makeLane();
const stage = makeStage(NODE);
process.exitCode = await runNode(NODE, stage, ['bench/hung-calls.cjs']);
fs.rmSync(stage, { recursive: true });

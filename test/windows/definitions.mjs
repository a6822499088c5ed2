// Prints what src-native/addon.gypi defines for the addon on Windows, as arguments of a compiler: the lint compiles with what a
// user's machine compiles with.

import fs from 'node:fs';

const gyp = fs.readFileSync(new URL('../../src-native/addon.gypi', import.meta.url), 'utf8');
// It is Python's notation: in JavaScript's, comments begin otherwise.
const { targets } = new Function(`return (${gyp.replace(/^\s*#.*$/gm, '')});`)();
const [target] = targets;
const [, windows] = target.conditions.find(([condition]) => condition === "OS=='win'");
const definitions = [...target.defines, ...windows.defines, 'NODE_GYP_MODULE_NAME=connect_by_list'];
const isSafe = definitions.includes('NOMINMAX');
console.log(
  [...definitions, ...(isSafe ? ['BUILD_DEFINES_NOMINMAX'] : [])]
    .map((name) => `-D${name}`)
    .join('\n'),
);

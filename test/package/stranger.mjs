// What stranger.sh has a stranger run, taken from the README as it stands: its first command, and its first
// piece of code with endpoints on loopback in place of its own.
//
//   node test/package/stranger.mjs FOLDER

import fs from 'node:fs';
import path from 'node:path';

const [folder] = process.argv.slice(2);
const readme = fs.readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

const [, command] = /^```sh\n(.*)\n/m.exec(readme);
const [, code] = /^```js\n(.*?)^```$/ms.exec(readme);
if (!/^npm ci && npm run /.test(command)) throw new Error(`The README begins with "${command}"`);

const list = /\[[^\]]*'192\.0\.2\.1:5432'.*\]/;
if (!list.test(code)) throw new Error('The code has no list any more that begins with 192.0.2.1');
const sample = code.replace(
  list,
  "['127.0.0.1:9', { host: 'localhost', port: server.address().port }]",
);

fs.writeFileSync(path.join(folder, 'command'), command);
fs.writeFileSync(
  path.join(folder, 'sample.mjs'),
  `import net from 'node:net';
const server = net.createServer((socket) => {
  socket.on('data', (text) => {
    console.log(\`the server has heard "\${text}"\`);
    process.exit(\`\${text}\` === 'hello' ? 0 : 1);
  });
});
await new Promise((resolve) => server.listen(0, 'localhost', resolve));
setTimeout(() => process.exit(2), 120_000);

${sample}`,
);

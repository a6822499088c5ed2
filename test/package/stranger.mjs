// What stranger.sh has a stranger run, taken from the README as it stands: its command for a checkout, and its first
// piece of code, with a server of the test's own at the port that it names. It must print what the README says.
//
//   node test/package/stranger.mjs FOLDER

import fs from 'node:fs';
import path from 'node:path';

const [folder] = process.argv.slice(2);
const readme = fs.readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

const [command] = /^npm ci && npm run .*$/m.exec(readme);
const [, code] = /^```js\n(.*?)^```$/ms.exec(readme);
const [, printed] = /^```text\n(.*?)^```$/ms.exec(readme);
const PORT = /\b5432\b/g;
if (!code.includes('5432') || !printed.includes('5432'))
  throw new Error('The code has no port 5432 any more');

fs.writeFileSync(path.join(folder, 'command'), command);
fs.writeFileSync(
  path.join(folder, 'sample.mjs'),
  `import assert from 'node:assert';
import net from 'node:net';
const server = net.createServer((socket) => {
  socket.on('data', (text) => {
    console.info(\`the server has heard "\${text}"\`);
    assert.equal(lines.join(''), ${JSON.stringify(printed)}.replaceAll('5432', port));
    process.exit(\`\${text}\` === 'hello' ? 0 : 1);
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address();
const lines = [];
console.log = (...words) => void lines.push(\`\${words.map(String).join(' ')}\\n\`);
setTimeout(() => process.exit(2), 120_000);

${code.replace(PORT, 'port').replace('port: port', 'port')}`,
);

// binding.gyp names a source for each part that differs from one system to the next, on every system that Node
// runs on: one left out builds an addon that cannot be loaded, which no build on another system shows.

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '../..');
/** What each system has once: the file's name, without its folder. */
const POSIX_PARTS = ['new_socket.cc', 'services.cc', 'share_local_port.cc', 'socket_ops.cc'];
const WINDOWS_PARTS = ['services.cc', 'socket_ops.cc', 'connect_by_list.cc'];

/** The sources that gyp takes for a system. It is asked in a copy, since it writes beside what it reads. */
function sourcesOn(system: string): string[] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-by-list-sources-'));
  try {
    fs.copyFileSync(path.join(ROOT, 'binding.gyp'), path.join(folder, 'binding.gyp'));
    fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
    fs.symlinkSync(path.join(ROOT, 'src-native'), path.join(folder, 'src-native'));
    const gyp = path.join(ROOT, 'node_modules/node-gyp/gyp/gyp_main.py');
    // Node's own common.gypi says it for all addons.
    const common = path.join(folder, 'common.gypi');
    fs.writeFileSync(common, "{'target_defaults': {'type': 'loadable_module'}}");
    const program = [
      'binding.gyp',
      `--include=${common}`,
      '--depth=.',
      '-f',
      'gypd',
      `-DOS=${system}`,
    ];
    execFileSync('python3', [gyp, ...program], { cwd: folder, stdio: 'pipe' });
    const read = fs.readFileSync(path.join(folder, 'binding.gypd'), 'utf8');
    // Not the lists of sources.gypi, which are there for every system.
    const [, sources = ''] = /'sources': \[([^\]]*)\]/.exec(read) ?? [];
    return [...sources.matchAll(/'(src-native\/[^']+\.cc)'/g)].map(([, source]) => source ?? '');
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

describe('sources', () => {
  test.each([
    ['linux', POSIX_PARTS],
    ['android', POSIX_PARTS],
    ['freebsd', POSIX_PARTS],
    ['mac', POSIX_PARTS],
    ['win', WINDOWS_PARTS],
  ])('%s: each part once, from one kind of system', (system, parts) => {
    const sources = sourcesOn(system);
    const names = sources.map((source) => path.posix.basename(source));
    expect(names).toEqual(expect.arrayContaining(parts));
    // But for the one name that the addon and Winsock both have.
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual(
      system === 'win' ? ['binding.cc'] : [],
    );
    for (const source of sources) expect(fs.existsSync(path.join(ROOT, source))).toBe(true);
    const isWindows = sources.some((source) => source.startsWith('src-native/winsock/'));
    const isPosix = sources.some((source) => source.startsWith('src-native/posix/'));
    expect([isWindows, isPosix]).toEqual(system === 'win' ? [true, false] : [false, true]);
  });
});

// What is said when no binary loads here: for which platform one is missing, why, and how to make one.

import { glibcVersion } from './glibc';

/** An error that somebody who has never heard of addons can act on. */
export function missingAddon(cause: unknown): Error {
  const lines = [
    `connect-by-list has no binary that loads on ${platform()} (${runtime()}).`,
    `  Why: ${reason(cause)}`,
  ];
  if ((cause as NodeJS.ErrnoException | undefined)?.code === 'ERR_DLOPEN_DISABLED') {
    lines.push('  Where Node runs with --permission, addons need --allow-addons.');
  } else {
    lines.push(
      '  To build one, with Python, make or MSBuild, and a C++17 compiler:',
      '    npx connect-by-list build',
    );
  }
  return new Error(lines.join('\n'), { cause });
}

/** Says what a bundle lacks. */
export function missingInBundle(cause: unknown): Error {
  const lines = [
    `connect-by-list was bundled without its addon for ${platform()} (${runtime()}).`,
    `  Why: ${reason(cause)}`,
    '  Keep connect-by-list external and install it beside the bundle, or let the bundler copy .node files',
    '  (esbuild: --loader:.node=copy; webpack: node-loader). A single executable has the folder prebuilds/ beside it.',
  ];
  return new Error(lines.join('\n'), { cause });
}

/** The addon needs libuv, which only Node.js and Electron have. */
export function wrongRuntime(): Error {
  const { bun, deno } = process.versions;
  const [name, version] = bun === undefined ? ['Deno', deno] : ['Bun', bun];
  return new Error(
    `connect-by-list runs on Node.js and Electron: ${name} ${version ?? ''} lacks libuv's uv_poll, on which it connects.`,
  );
}

/** The platform as the folders of prebuilds/ name it; on Linux the C library too. */
function platform(): string {
  const name = `${process.platform}-${process.arch}`;
  if (process.platform !== 'linux') return name;
  const glibc = glibcVersion();
  return `${name} with ${glibc === undefined ? 'musl' : `glibc ${glibc}`}`;
}

function runtime(): string {
  const { electron, node, modules, napi } = process.versions;
  const name = electron === undefined ? `Node ${node}` : `Electron ${electron}`;
  return `${name}, ABI ${modules}, Node-API ${napi ?? 'unknown'}`;
}

function reason(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).trim().split('\n')[0] ?? '';
}

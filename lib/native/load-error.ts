// What is said when no binary loads here: for which platform one is missing, why, and how to make one.

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
      '    npm rebuild connect-by-list',
      '  npm 12 and newer run that only after: npm approve-scripts connect-by-list',
    );
  }
  return new Error(lines.join('\n'), { cause });
}

/** The platform as the folders of prebuilds/ name it; on Linux the C library too. */
function platform(): string {
  const name = `${process.platform}-${process.arch}`;
  if (process.platform !== 'linux') return name;
  const { header } = process.report.getReport() as {
    header: { glibcVersionRuntime?: string };
  };
  const { glibcVersionRuntime: glibc } = header;
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

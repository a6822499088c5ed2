// No child process gets a socket of ours: were one inherited, the connection would stay open for as long as
// the child lives, whatever its owner does with it.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { connect, connectByList } from '#dist/index';
import { blackhole } from '../support/blackhole';
import type { EngineUnderTest } from '../support/engine';
import { eventually } from '../support/eventually';
import { serve } from '../support/servers';

const SLEEPS = 'setTimeout(() => {}, 60_000); process.send("here");';

export function describeInheritance({ engine, options }: EngineUnderTest): void {
  test('a child process that is started during connects, and after, gets none of their sockets', async () => {
    const [server, hole] = await Promise.all([serve(), blackhole()]);
    const controller = new AbortController();
    const { signal } = controller;
    const hung = Array.from({ length: 8 }, () =>
      connectByList([`127.0.0.1:${hole.port}`], { ...options, signal }).catch(() => undefined),
    );
    const connecting = connect([server], { engine });
    const first = await connectByList([server], options);
    const children = Array.from({ length: 3 }, startChild);
    const pending = Array.from({ length: 8 }, () => connectByList([server], options));
    await Promise.all(children.map((child) => once(child, 'message')));
    const sockets = [...(await Promise.all(pending)), first].map(({ socket }) => socket);
    if (connecting.connecting) await once(connecting, 'connect');
    await eventually(() => server.sockets.size === sockets.length + 1);

    for (const socket of [...sockets, connecting]) socket.destroy();
    controller.abort();
    await Promise.all(hung);
    // The server sees them all close while the children are there.
    await eventually(() => server.sockets.size === 0);
    expect(children.map(({ exitCode }) => exitCode)).toEqual(children.map(() => null));

    await Promise.all(children.map(endChild));
    await Promise.all([server.close(), hole.close()]);
  });
}

function startChild(): ChildProcess {
  return spawn(process.execPath, ['-e', SLEEPS], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
}

async function endChild(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

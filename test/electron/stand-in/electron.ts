// What the example uses of Electron's module of that name, made of what Node has.

import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';

export const app = {
  whenReady: (): Promise<void> => Promise.resolve(),
  exit: (code: number): void => process.exit(code),
};

class UtilityProcess extends EventEmitter {
  private readonly child;

  constructor(modulePath: string) {
    super();
    this.child = fork(modulePath);
    this.child.on('message', (message) => this.emit('message', message));
    this.child.on('exit', (code) => this.emit('exit', code));
  }

  postMessage(message: object): void {
    this.child.send(message);
  }

  kill(): boolean {
    return this.child.kill();
  }
}

export const utilityProcess = {
  fork: (modulePath: string): UtilityProcess => new UtilityProcess(modulePath),
};

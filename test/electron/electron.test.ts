// The packed package in an app of Electron's kind, without Electron: docs/electron.md says what that leaves
// untested.

import * as fs from 'node:fs';

import { refusingPort } from '../support/ports';
import { serve, type TestServer } from '../support/servers';
import { BINARY, ElectronApp } from './app';

describe('the example app, packed', () => {
  let app: ElectronApp;
  let healthy: TestServer;
  let environment: NodeJS.ProcessEnv;

  beforeAll(async () => {
    app = new ElectronApp();
    healthy = await serve();
    environment = { ENDPOINTS: `127.0.0.1:${await refusingPort()},127.0.0.1:${healthy.port}` };
  });
  afterAll(async () => {
    app.remove();
    await healthy.close();
  });

  test('its main process and its utility process connect', async () => {
    const { code, stdout, stderr } = await app.start(environment);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const result = `process: 127\\.0\\.0\\.1 port ${healthy.port}, engine (race|winsock)`;
    expect(stdout).toMatch(new RegExp(`^main ${result}\r?\nutility ${result}\r?\n$`));
  });

  test('the addon is the one beside the archive: without that, the app says that there is none', async () => {
    const { code, stderr } = await app.start({ ...environment, STAND_IN_UNPACKS: 'no' });
    expect(code).toBe(1);
    expect(stderr).toContain('connect-by-list has no binary that loads on');
  });
});

test('the addon asks for no external buffers, which Electron does not have', () => {
  // The names that it takes from its host stand in it as text, on every platform.
  const text = fs.readFileSync(BINARY, 'latin1');
  expect(text).toContain('napi_create_function');
  expect(text).not.toMatch(/napi_create_external|node_api_create_external/);
});

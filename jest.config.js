'use strict';

// The tests are compiled before they run (npm run build:test), so that the very same files run on every
// Node, Windows' node.exe included, without a compiler inside the test run.
module.exports = {
  rootDir: __dirname,
  roots: ['<rootDir>/build-test'],
  testMatch: ['**/*.test.js'],
  testPathIgnorePatterns: [
    // They need servers; jest.clients.config.js has them.
    '/build-test/clients/',
    // npm run test:package is for the package as it is packed.
    '/build-test/package/',
    // The documentation is held to the sources, which are not where the package has been installed.
    ...(process.platform === 'win32' ? ['/build-test/docs/'] : ['/build-test/windows/']),
  ],
  transform: {},
  testEnvironment: 'node',
  // Most of a test is waiting: more of them than there are cores.
  maxWorkers: 4,
  // Generous: other work may have the machine. Longer than a child process may take (test/support/child.ts).
  testTimeout: 180_000,
};

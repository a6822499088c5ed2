'use strict';

// npm run test:clients: real clients against real servers, which have to be installed.
module.exports = {
  ...require('./jest.config.js'),
  roots: ['<rootDir>/build-test/clients'],
  testPathIgnorePatterns: [],
};

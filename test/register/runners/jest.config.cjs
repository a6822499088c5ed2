module.exports = { rootDir: __dirname, testEnvironment: 'node', testMatch: ['**/jest.test.cjs'] };

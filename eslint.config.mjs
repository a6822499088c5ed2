import fs from 'node:fs';
import path from 'node:path';

import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** The rooms of lib/, in the order in which the data goes. A room imports from itself and from those below it. */
const ROOMS = [
  'cli',
  'http',
  '.', // The public functions, one file each.
  'engines',
  'resolution',
  'sockets',
  'options',
  'address-selection',
  'attempts',
  'endpoints',
  'native',
  'util',
];

const PUBLIC = fs
  .readdirSync(path.join(import.meta.dirname, 'lib'))
  .filter((name) => /\.m?ts$/.test(name))
  .map((name) => path.parse(name).name);

/** A room's files must not import what is above it. */
function arrowsOf(room, at) {
  const above = ROOMS.slice(0, at).flatMap((name) =>
    name === '.' ? PUBLIC.map((file) => `${file}$`) : `${name}/`,
  );
  // Of the public functions only the index, which is above them all, imports from every room.
  const regex =
    room === 'cli'
      ? '^\\.\\./(?!index$|options/options$|endpoints/service-port$|native/glibc$)'
      : `^(\\.\\.?/)+(${above.join('|')})`;
  const message =
    'Rooms import from the rooms below them, the command from the index, the table of options and the names of services (ARCHITECTURE.md).';
  return {
    files: [room === '.' ? 'lib/*.ts' : `lib/${room}/**/*.ts`],
    ignores: ['lib/index.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ regex, message }] }] },
  };
}

export default tseslint.config(
  { ignores: ['build/**', 'build-*/**', 'dist/**', 'node_modules/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.mts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      // Of the two ways to say that a value is there, `as` also says what it is.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // Numbers belong in messages.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // What an AbortSignal carries, and what a caller's function throws, is passed on as it is.
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      // `import x = require()` is how TypeScript takes a CommonJS function.
      '@typescript-eslint/no-require-imports': ['error', { allowAsImport: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreVoidReturningFunctions: true, ignoreArrowShorthand: true },
      ],
    },
  },
  ...ROOMS.map(arrowsOf),
  {
    files: ['**/*.mjs', '**/*.cjs', '**/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'AbortController',
          'AbortSignal',
          'clearInterval',
          'fetch',
          'setInterval',
          'URL',
          'clearTimeout',
          'console',
          'performance',
          'process',
          'setImmediate',
          'setTimeout',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['**/*.cjs', '**/*.js'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { __dirname: 'readonly', __filename: 'readonly' },
    },
  },
  {
    files: ['test/register/**'],
    languageOptions: {
      globals: Object.fromEntries(
        ['afterAll', 'afterEach', 'beforeAll', 'beforeEach', 'expect', 'fetch', 'jest', 'test'].map(
          (name) => [name, 'readonly'],
        ),
      ),
    },
  },
);

import path from 'node:path';

import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/**
 * The rooms of lib/, in the order in which the data goes. A room imports from itself and from those below it. "."
 * stands for the public functions, one file each, and for index.ts.
 */
const ROOMS = [
  'cli',
  'http',
  '.',
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

/** What a room's files must not import, so many folders down: everything above the room. */
function arrowsOf(room, at, depth) {
  const above = ROOMS.slice(0, at).filter((name) => name !== '.');
  const group = above.map((name) => `**/${name}/**`);
  // The public functions are files of lib/ itself.
  const up = '../'.repeat(depth);
  if (at > ROOMS.indexOf('.')) group.push(`${up}*`, `!${up}*/`);
  return {
    files: [path.posix.join('lib', room, `${'*/'.repeat(depth - 1)}*.ts`)],
    ignores: ['lib/index.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            ...(group.length > 0
              ? [{ group, message: 'Rooms import from the rooms below them (ARCHITECTURE.md).' }]
              : []),
            ...(room === 'cli'
              ? [
                  {
                    regex: '^\\.\\./(?!index$)',
                    message: 'The command knows the public API only.',
                  },
                ]
              : []),
          ],
        },
      ],
    },
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
  ...ROOMS.map((room, at) => arrowsOf(room, at, 1)),
  ...ROOMS.map((room, at) => arrowsOf(room, at, 2)).filter((_, at) => ROOMS[at] !== '.'),
  {
    files: ['**/*.mjs', '**/*.cjs', '**/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'AbortController',
          'AbortSignal',
          'URL',
          'clearTimeout',
          'console',
          'performance',
          'process',
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
);

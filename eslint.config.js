import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', '.node/', 'baton-data/']),
  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // An interface that is asynchronous keeps its implementations asynchronous, whether they wait or not.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // What a process was started with is read in one place only, and handed on as values.
    files: ['src/**'],
    ignores: ['src/cli/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...['argv', 'chdir', 'cwd', 'env', 'exit', 'exitCode'].map((property) => ({
          object: 'process',
          property,
          message: 'Only src/cli reads how the process was started or ends it.',
        })),
      ],
    },
  },
  {
    // Plain JavaScript is what must run before the rest can: its names and types are checked by tsc, from its comments.
    files: ['**/*.js', '**/*.mjs'],
    rules: { 'no-undef': 'off', '@typescript-eslint/explicit-module-boundary-types': 'off' },
  },
  // The page's own small scripts belong to no TypeScript project.
  { files: ['web/**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
  { files: ['web/**'], extends: [reactHooks.configs.flat['recommended-latest']] },
  { files: ['src/cli/**', 'scripts/**', 'bin/**', 'bench/**', 'chaos/**'], rules: { 'no-console': 'off' } },
  // A test's callbacks are typed by what they are handed to; assertions on unknown JSON would drown in casts.
  {
    files: ['test/**'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off', '@typescript-eslint/no-unsafe-member-access': 'off' },
  },
);

import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import { defineConfig } from 'eslint/config';
import typescript from 'typescript-eslint';

/** The house of design.md §2, bottom first: a folder may import those before it and never those after it. */
const house = [
  'contract',
  'descriptor',
  'learn',
  'vision',
  'library',
  'search',
  'evaluate',
  'engine',
  'app',
  'cli',
  'server',
];

/** The shells stand side by side on the engine; only the terminal may start another one, the server. */
const shells = { app: ['cli', 'server'], cli: ['app'], server: ['app', 'cli'] };

/** A folder is entered by its public face. Engine and vision have further ones that load without native modules. */
const face =
  '(?:index|end-worker|supervisor|log|data-folder|read-file|opened-files|engine-node|unsafe-files)\\.ts$';

function restrictImports(files, patterns) {
  return { files: [files], rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

const importRule = [
  ...house.map((folder, position) => {
    const above = shells[folder] ?? house.slice(position + 1);
    const below = house.filter((other) => other !== folder && !above.includes(other));
    return restrictImports(`src-main/${folder}/**`, [
      ...above.map((other) => ({
        regex: `^(?:\\.\\./)+${other}/`,
        message: `${folder}/ stands below ${other}/ in the house (design.md §2) and must not import it.`,
      })),
      ...below.map((other) => ({
        regex: `^(?:\\.\\./)+${other}/(?!${face})`,
        message: `Enter ${other}/ by its public face, ${other}/index.ts.`,
      })),
      { regex: 'src-renderer/', message: 'The main side never imports the interface.' },
      {
        regex: '^onnxruntime-node$',
        message: 'Take it from vision/onnxruntime.ts, where it is kept from reporting.',
      },
    ]);
  }),
  restrictImports('src-renderer/**', [
    {
      regex: 'src-main/(?!contract/index\\.ts$)',
      message: 'The interface knows contract/index.ts and nothing else of the main side.',
    },
  ]),
];

export default defineConfig(
  {
    ignores: [
      'out/',
      'dist/',
      '.standin/',
      'node_modules/',
      'test-results/',
      'playwright-report/',
      'src-renderer/locales/',
    ],
  },
  js.configs.recommended,
  typescript.configs.strictTypeChecked,
  svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.node, ...globals.browser },
      parserOptions: {
        projectService: { allowDefaultProject: ['*.js'] },
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'] }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // Typed arrays and matrices are indexed inside loops whose bounds are the arrays' own lengths.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: typescript.parser } },
    rules: {
      // State is replaced as a whole ($state.raw), so plain collections do not have to be reactive themselves.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    // The parser does not know the types of window events and of other components; svelte-check does.
    files: ['**/*.svelte'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    // Playwright's fixtures name what they need by destructuring, even when that is nothing.
    files: ['test/e2e/**'],
    rules: { 'no-empty-pattern': 'off' },
  },
  { files: ['**/*.js', '**/*.mjs', '**/*.cjs'], extends: [typescript.configs.disableTypeChecked] },
  {
    // Programs that talk to a terminal or to a log.
    files: [
      'src-main/cli/**',
      'test/bench/**',
      'test/crash.ts',
      'test/fuzz.ts',
      'resources/packaging/package.ts',
      'src-main/vision/convert/build-default-backbone.ts',
    ],
    rules: { 'no-console': 'off' },
  },
  ...importRule,
);

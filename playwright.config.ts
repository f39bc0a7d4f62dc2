import { defineConfig } from '@playwright/test';

/** What the two hosts do in ways of their own, and the ways that people go: in the desktop window, and in a browser. */
export const toldTwice = [
  'first-start.e2e.ts',
  'trouble.e2e.ts',
  'stories.e2e.ts',
  'steer.e2e.ts',
  'duplicates.e2e.ts',
  'tune.e2e.ts',
  'language.e2e.ts',
  'support.e2e.ts',
];

/** One page is behind both, so that these would tell the same once more. */
const toldOnce = [
  'folders.e2e.ts',
  'guide.e2e.ts',
  'models.e2e.ts',
  'reasons.e2e.ts',
  'library.e2e.ts',
  'map.e2e.ts',
  'quality.e2e.ts',
  'keyboard.e2e.ts',
];

export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results/playwright',
  reporter: [
    ['list'],
    ['./test/e2e/skip-reporter.ts'],
    ['json', { outputFile: 'test-results/playwright.json' }],
  ],
  // On a machine that has much else to do, the photos of a story take half a minute.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  workers: 2,
  forbidOnly: true,
  projects: [
    {
      name: 'electron',
      testMatch: [...toldTwice, '*.electron.e2e.ts'],
    },
    {
      name: 'chromium',
      testMatch: [...toldTwice, ...toldOnce, '*.chromium.e2e.ts'],
    },
    {
      // Looks back at all stories.
      name: 'loopback',
      testMatch: 'loopback.last.e2e.ts',
      dependencies: ['electron', 'chromium', 'package'],
    },
    // The package holds what the electron project runs; that nothing is missing in it shows in two tests of its own. All of
    // the stories are told with it by npm run test:package.
    { name: 'packaging', testMatch: 'make-package.e2e.ts' },
    { name: 'package', testMatch: '*.package.e2e.ts', dependencies: ['packaging'], timeout: 360_000 },
  ],
});

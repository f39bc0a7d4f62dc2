/** `npm run test:package`: every story that is told with the app run from its source, told with its package. */
import { defineConfig } from '@playwright/test';
import stories, { toldTwice } from '../../playwright.config.ts';

export default defineConfig({
  ...stories,
  testDir: '.',
  outputDir: '../../test-results/playwright',
  reporter: 'list',
  projects: [
    { name: 'packaging', testMatch: 'make-package.e2e.ts' },
    {
      name: 'package',
      testMatch: [...toldTwice, '*.package.e2e.ts'],
      dependencies: ['packaging'],
      timeout: 360_000,
    },
    // Packing takes a minute, and minutes where others use the machine.
    { name: 'deb', testMatch: 'deb.e2e.ts', dependencies: ['packaging'], timeout: 600_000 },
  ],
});

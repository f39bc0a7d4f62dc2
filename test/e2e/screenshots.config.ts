/** Takes pictures of every view; apart from the stories, because it takes minutes and finds nothing by itself. */
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  testMatch: 'screenshots.ts',
  outputDir: '../../test-results/playwright',
  expect: { timeout: 60_000 },
  projects: [{ name: 'chromium' }],
});

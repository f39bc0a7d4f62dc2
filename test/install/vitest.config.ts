import { defineConfig } from 'vitest/config';

/** Installs Semblance as a person does, which takes most of a minute: apart from the other tests. */
export default defineConfig({
  test: {
    include: ['test/install/*.test.ts'],
    reporters: ['default', ['json', { outputFile: 'test-results/install.json' }]],
    testTimeout: 120_000,
    hookTimeout: 400_000,
  },
});

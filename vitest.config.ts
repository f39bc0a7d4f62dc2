import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,integration}/**/*.test.ts'],
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }]],
    // Integration tests start processes, models and worker threads, on machines with two cores.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});

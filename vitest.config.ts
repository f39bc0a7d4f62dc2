import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,integration}/**/*.test.ts'],
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }]],
    // What tests find out about devices is no business of the person's own Semblance.
    env: {
      SEMBLANCE_MODELS: join(tmpdir(), 'semblance-test-models'),
      // Tests that use onnxruntime without Semblance report to nobody either.
      ORT_DISABLE_TELEMETRY: '1',
      // Programs that tests start from sources take half as long where Node has compiled these before.
      NODE_COMPILE_CACHE: join(tmpdir(), 'semblance-test-compiled'),
    },
    // Many tests wait for a process of theirs: on two cores, two files at a time take two thirds of the time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Integration tests start processes, models and worker threads, on machines with two cores that others use, too.
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});

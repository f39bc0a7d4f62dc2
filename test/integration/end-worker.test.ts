import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const file = fileURLToPath(new URL('../fixtures/ended-threads.ts', import.meta.url));

describe('a process whose threads are ended at any moment', () => {
  // Ended from outside without asking, threads that multiply take it with them within the first twenty.
  it.each(['product', 'graph', 'database'])('goes on, whatever native code they are in (%s)', (kind) => {
    const { stdout, status } = spawnSync(process.execPath, [file, kind, '24'], { encoding: 'utf8' });
    expect({ stdout, status }).toEqual({ stdout: '24 threads ended\n', status: 0 });
  });
});

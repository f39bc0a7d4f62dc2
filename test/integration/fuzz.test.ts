import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fuzz } from '../fuzz/fuzz-runs.ts';

/** A few of each, always the same; `npm run test:fuzz` tries as many as asked. An import takes a process of its own. */
const cases: [string, number][] = [
  ['recipes', 12],
  ['ground-truth', 12],
  ['metadata', 12],
  ['photos', 6],
  ['index-files', 4],
  ['backups', 4],
  ['library', 8],
  ['ipc', 6],
  ['socket', 6],
  ['onnx', 1],
];

describe('what comes from outside, changed anyhow,', () => {
  it.each(cases)('does no harm: %s', async (only, count) => {
    const failures = mkdtempSync(join(tmpdir(), 'semblance-fuzz-failures-'));
    const [report] = await fuzz({ cases: count, seed: 8, only, failures });
    expect(report.failures).toEqual([]);
    expect(report.cases).toBe(count);
  });
});

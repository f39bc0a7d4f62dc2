import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src-main/engine/index.ts';
import { HnswTier } from '../../src-main/search/index.ts';
import { clusteredVectors, describedLibrary } from '../fixtures/described-library.ts';

const { available, reason } = HnswTier.available();
const count = 500;
let folder: string;
let engine: Engine;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'semblance-index-health-'));
  describedLibrary(folder, clusteredVectors(count, 24)).close();
  engine = Engine.open({ libraryPath: folder, access: 'write', crossover: 100 });
});

afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!available)(
  `the health of an HNSW index${available ? '' : ` (skipped: ${reason ?? ''})`}`,
  () => {
    it('is measured on the library’s own photos, once the index is ready', async () => {
      const { id } = await engine.call('measure', { question: { what: 'index-health' } });
      await engine.jobs.idle();
      const measurement = await engine.call('measurement', { jobId: id });
      if (measurement?.what !== 'index-health') throw new Error('nothing was measured');
      const { report } = measurement;
      expect(report).toMatchObject({ tier: 'hnsw', crossover: 100, photos: count, dimension: 24, note: '' });
      expect(report.recallAt10?.queries).toBe(100);
      expect(report.recallAt10?.mean).toBeGreaterThan(0.9);
      expect(report.recallAt10?.mean).toBeLessThanOrEqual(1);
      expect(report.milliseconds.hnsw).toBeGreaterThan(0);
    });
  },
);

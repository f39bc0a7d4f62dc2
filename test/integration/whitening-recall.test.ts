import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeFitted, fittedByPca } from '../../src-main/descriptor/index.ts';
import { Engine } from '../../src-main/engine/index.ts';
import { HnswTier } from '../../src-main/search/index.ts';
import { clusteredVectors, describedLibrary } from '../fixtures/described-library.ts';

const { available, reason } = HnswTier.available();
const dimension = 16;
const count = 400;

let folder: string;
let engine: Engine;

const search = (photoId: number) =>
  engine.call('search', { examples: [{ kind: 'photo', photoId }], top: 10, whitening: 0.001 });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'semblance-whitening-recall-'));
  describedLibrary(folder, clusteredVectors(count, dimension)).close();
  const eigenvalues = Float64Array.from({ length: dimension }, (_, i) => 1 / (i + 1));
  const fit = fittedByPca({
    mean: new Float32Array(dimension),
    components: new Float32Array(dimension * dimension),
    eigenvalues,
    totalVariance: eigenvalues.reduce((sum, value) => sum + value, 0),
    shrinkage: 0,
    dimension,
    inputs: dimension,
    fittedOn: count,
  });
  const database = new Database(join(folder, 'library.sqlite'));
  database.prepare("UPDATE generations SET fit = ?, fitKind = 'library'").run(encodeFitted(fit));
  database.close();
  engine = Engine.open({ libraryPath: folder, access: 'write', crossover: 100 });
});

afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!available)(
  `another whitening strength above the crossover${available ? '' : ` (skipped: ${reason ?? ''})`}`,
  () => {
    it('is answered by HNSW as by comparing every photo, and says how much of the best that finds', async () => {
      const exact = await search(18);
      expect(exact).toMatchObject({ tier: 'exact', whiteningRecall: null });
      await expect.poll(async () => (await search(18)).tier, { timeout: 20_000 }).toBe('hnsw');
      expect((await search(18)).results).toEqual(exact.results);
      await expect
        .poll(async () => (await search(18)).whiteningRecall, { timeout: 20_000 })
        .toBeGreaterThan(0.95);
    });
  },
);

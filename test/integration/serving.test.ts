import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultRecipe } from '../../src-main/contract/index.ts';
import { Serving } from '../../src-main/engine/serving.ts';
import { extractionOf } from '../../src-main/descriptor/index.ts';
import { Library } from '../../src-main/library/index.ts';
import { HnswTier } from '../../src-main/search/index.ts';

const { available, reason } = HnswTier.available();
const dimension = 16;
const count = 400;

let folder: string;
let library: Library;
let serving: Serving;

function unitVector(seed: number): Float32Array {
  const vector = Float32Array.from({ length: dimension }, (_, i) => Math.sin(seed * 12.9898 + i * 78.233));
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'semblance-serving-'));
  library = Library.open(folder, 'write');
  const taps = defaultRecipe.taps.map(({ name }) => ({ name, channels: dimension, stride: 8 }));
  const extraction = extractionOf(defaultRecipe, { name: 'default', sha256: 'a', taps });
  const { id } = library.generations.create(
    {
      recipe: defaultRecipe,
      recipeKey: 'k',
      extractionKey: library.extractions.add(extraction),
      fit: 'none',
      encodedFit: null,
      fittedOn: 0,
      fitted: true,
      note: '',
    },
    'serving',
    1,
  );
  library.change(() => {
    for (let i = 0; i < count; i++) {
      const contentId = library.photos.addContent({ hash: `h${i}`, width: 1, height: 1, format: 'png' });
      library.generations.addDescriptors(id, [{ contentId, vector: unitVector(i) }]);
    }
  });
  const loaded = Serving.load(library, 100);
  if (!loaded) throw new Error('nothing in service');
  serving = loaded;
});

afterAll(async () => {
  await serving.close();
  library.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!available)(
  `a library above the crossover${available ? '' : ` (skipped: ${reason ?? ''})`}`,
  () => {
    it('answers at once by the exact scan, and by HNSW when that is ready, with the same results', async () => {
      const query = unitVector(17.5);
      const first = await serving.search(query, 10);
      expect(first.tier).toBe('exact');
      await expect.poll(async () => (await serving.search(query, 10)).tier, { timeout: 20_000 }).toBe('hnsw');
      const second = await serving.search(query, 10);
      expect(second.hits.map(({ id }) => id)).toEqual(first.hits.map(({ id }) => id));
    });

    it('finds what was added since, and no longer what was deleted', async () => {
      const vector = unitVector(1000.5);
      serving.add(9001, vector);
      expect((await serving.search(vector, 1)).hits[0].id).toBe(9001);
      serving.delete([9001]);
      expect((await serving.search(vector, 1)).hits[0].id).not.toBe(9001);
    });
  },
);

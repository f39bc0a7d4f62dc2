/** A small library on disk with all that there may be in one, to be changed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Library } from '../../../src-main/library/index.ts';
import { HnswTier } from '../../../src-main/search/index.ts';
import { clusteredVectors, describedLibrary } from '../../fixtures/described-library.ts';

export const dimension = 16;
const photos = 60;

/** @returns bytes of its files by their names */
export async function wholeLibrary(folder: string): Promise<Map<string, Buffer>> {
  const library = describedLibrary(folder, clusteredVectors(photos, dimension));
  library.thumbnails.set('hash 0', Uint8Array.of(1));
  const generation = library.generations.serving();
  if (!generation) throw new Error('The library has no generation.');
  library.change(() => {
    const ids = Uint32Array.of(2, 3);
    library.neighbours.set(generation.id, { contentId: 1, ids, similarities: Float32Array.of(0.9, 0.8) });
    library.maps.set(generation.id, {
      method: 'umap',
      contentIds: Uint32Array.of(1, 2),
      points: Float32Array.of(0, 0, 1, 1),
    });
  });
  library.decide(() => library.settings.change({ watch: false }));
  await writeIndex(library, folder);
  library.backup.save();
  library.close();
  const names = readdirSync(folder).filter((name) => !name.startsWith('library.lock'));
  return new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
}

async function writeIndex(library: Library, folder: string): Promise<void> {
  const tier = openTier(library, folder);
  await tier.ready();
  await tier.save();
  await tier.close();
}

/** As the engine opens it above its crossover. */
export function openTier(library: Library, folder: string): HnswTier {
  const generation = library.generations.serving();
  const vectors = new Map<number, Float32Array>();
  for (const { contentId, vector } of library.generations.descriptors(generation?.id ?? 0))
    vectors.set(contentId, vector);
  return HnswTier.open({
    folder,
    access: 'write',
    recipeKey: generation?.recipeKey ?? '',
    dimension,
    generation: generation?.id ?? 0,
    databaseStamp: () => library.generations.stamp(generation?.id ?? 0),
    source: { size: vectors.size, ids: () => vectors.keys(), vector: (id) => vectors.get(id) },
    shards: 1,
  });
}

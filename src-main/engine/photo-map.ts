/** The photos of the library laid out in two dimensions. */
import { type Job, type PhotoMap, SemblanceError } from '../contract/index.ts';
import { analyseFor } from './analysis.ts';
import type { Engine } from './engine.ts';

/** @throws SemblanceError `empty-library` */
export function startMap(engine: Engine, method: PhotoMap['method']): Job {
  const { library, serving } = engine;
  if (!serving || serving.index.size === 0) {
    throw new SemblanceError(
      'empty-library',
      'There are no photos to lay out yet. Add a folder and index it first.',
    );
  }
  const { id } = serving.generation;
  return engine.jobs.start('map', async (control) => {
    const { dimension, size } = serving.index;
    const vectors = new Float32Array(size * dimension);
    const contentIds = new Uint32Array(size);
    let row = 0;
    for (const entry of serving.index.entries()) {
      contentIds[row] = entry.id;
      vectors.set(entry.vector, dimension * row++);
    }
    const { points } = await analyseFor('map', { kind: 'map', vectors, dimension, method }, control);
    // Another recipe may have come into service meanwhile, and taken its map with it.
    if (library.generations.serving()?.id === id)
      library.change(() => library.maps.set(id, { method, contentIds, points }));
  }).job;
}

export function photoMap({ library, serving }: Engine): PhotoMap | null {
  const stored = serving && library.maps.get(serving.generation.id);
  if (!serving || !stored) return null;
  const { method, contentIds, points } = stored;
  const photoOf = new Map(library.photos.firstPhotos().map(({ contentId, photoId }) => [contentId, photoId]));
  const placed = [...contentIds.keys()].flatMap((row) => {
    const photoId = serving.index.has(contentIds[row]) ? photoOf.get(contentIds[row]) : undefined;
    return photoId === undefined ? [] : [{ photoId, x: points[2 * row], y: points[2 * row + 1] }];
  });
  const missing = serving.index.size - placed.length;
  return {
    method: method === 'tsne' ? 'tsne' : 'umap',
    isStale: missing > 0 || placed.length !== contentIds.length,
    missing,
    points: placed,
  };
}

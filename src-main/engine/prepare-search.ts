/** What can be done for a search before its photo is there, as while it is dragged over the window. */
import { thumbnailOfPhoto } from './thumbnails.ts';
import type { Engine } from './engine.ts';
import { searchLibrary } from './search.ts';
import type { Serving } from './serving.ts';

/** Those that have answered once. */
const warm = new WeakSet<Serving>();
const usualTop = 100;

/**
 * Loads the network, which takes longer than to search, and searches once: the first answer takes half as long again as those
 * after it. Rejects where the network cannot be loaded.
 */
export async function prepareSearch(engine: Engine): Promise<{ ready: boolean }> {
  const { serving } = engine;
  if (!serving || serving.index.size === 0) return { ready: false };
  await engine.vision();
  if (!warm.has(serving)) {
    warm.add(serving);
    await searchOnce(engine, serving);
  }
  return { ready: true };
}

/** With the small copy of some photo, as if it came from elsewhere. */
async function searchOnce(engine: Engine, { index }: Serving): Promise<void> {
  const photo = engine.library.photos.withContent(index.ids()[0]).at(0);
  if (!photo) return;
  try {
    const bytes = await thumbnailOfPhoto(engine, photo.id);
    await searchLibrary(engine, {
      examples: [{ kind: 'bytes', name: photo.name, bytes: new Uint8Array(bytes) }],
      top: usualTop,
    });
  } catch {
    // Nobody has asked for it; the search that somebody asks for says what is wrong.
  }
}

/** The small copies of photos that are shown in grids, and that pictures are held against each other by. */
import { limitsFor, thumbnailOfFile } from '../vision/index.ts';
import type { Engine } from './engine.ts';

/**
 * The stored thumbnail of a photo, or one made now where it is gone.
 * @returns of `jpegMediaType`
 * @throws SemblanceError `not-found`, or with the reason why the photo cannot be read
 */
export async function thumbnailOfPhoto({ library }: Engine, photoId: number): Promise<Uint8Array> {
  const { hash } = library.photos.contentOf(photoId);
  const stored = library.thumbnails.get(hash);
  if (stored) return stored;
  const made = await thumbnailOfFile(
    library.photos.details(photoId).path,
    limitsFor(library.settings.get().maxMegapixels),
  );
  if (library.access === 'write') library.thumbnails.set(hash, made);
  return made;
}

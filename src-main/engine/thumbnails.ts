/** The small copies of photos that are shown in grids, and that pictures are held against each other by. */
import { SemblanceError } from '../contract/index.ts';
import type { Library } from '../library/index.ts';
import { limitsFor, thumbnailOfFile } from '../vision/index.ts';
import type { Engine } from './engine.ts';

/** On a full disk it is shown all the same, and made again the next time. */
function keep(library: Library, hash: string, thumbnail: Uint8Array): void {
  try {
    library.thumbnails.set(hash, thumbnail);
  } catch (error) {
    const explained = library.explain(error);
    if (!(explained instanceof SemblanceError) || explained.code !== 'disk-full') throw explained;
  }
}

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
  if (library.access === 'write') keep(library, hash, made);
  return made;
}

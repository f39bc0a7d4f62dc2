/** What a grid needs to show a picture. */
import type { PhotoSummary } from '../contract/index.ts';
import type { Library } from '../library/index.ts';

/** The first file of a picture, or nothing when it went meanwhile. */
export function summariesOf({ photos }: Library, contentId: number): PhotoSummary[] {
  return photos
    .withContent(contentId)
    .slice(0, 1)
    .map(({ id, name, directory, folderId, width, height, offline }) => ({
      id,
      name,
      directory,
      folderId,
      width,
      height,
      offline,
    }));
}

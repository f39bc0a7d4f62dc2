/** Photos in an order, all at once or page by page, and what they can be chosen by. */
import type { PhotoListAnswers } from '../contract/index.ts';
import type { Handlers } from './command-handlers.ts';
import type { Engine } from './engine.ts';

export function photoListHandlers({ library }: Engine): Pick<Handlers, keyof PhotoListAnswers> {
  const { photos, photoLists } = library;
  return {
    photos: (query) => photos.page(query),
    photoLayout: (arrangement) => photoLists.layout(arrangement),
    photosById: ({ photoIds }) => photos.byId(photoIds),
    formats: () => photoLists.formats(),
    directories: ({ folderIds }) => photoLists.directories(folderIds),
  };
}

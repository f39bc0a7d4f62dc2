/** What a draft of a folder's patterns keeps and leaves out, told while it is being typed. */
import { type Folder, type PatternCounts, SemblanceError } from '../contract/index.ts';
import { countByPatterns, type Library, listPhotos, type ListedPhotos } from '../library/index.ts';

/** What a folder holds is listed once for a while of typing. */
const listedForMs = 60_000;

interface Listing {
  key: string;
  photos: Promise<ListedPhotos>;
  forget: NodeJS.Timeout;
}

export class PatternCounter {
  readonly #library: Library;
  #listing: Listing | null = null;
  #asking = new Map<number, AbortController>();

  constructor(library: Library) {
    this.#library = library;
  }

  /**
   * Counts photos by their names, whatever the folder's patterns are now.
   * @throws SemblanceError `cancelled` when asked anew about the folder, `no-such-folder`
   */
  async count(folder: Folder, patterns: string, followLinks: boolean): Promise<PatternCounts> {
    this.#asking.get(folder.id)?.abort();
    const asking = new AbortController();
    this.#asking.set(folder.id, asking);
    const checkpoint = (): void => {
      if (asking.signal.aborted)
        throw new SemblanceError('cancelled', 'The patterns have changed meanwhile.');
    };
    try {
      const photos = await this.#photosOf(folder, followLinks);
      checkpoint();
      return await countByPatterns(photos, patterns, checkpoint);
    } finally {
      if (this.#asking.get(folder.id) === asking) this.#asking.delete(folder.id);
    }
  }

  #photosOf({ id, path }: Folder, followLinks: boolean): Promise<ListedPhotos> {
    const key = `${id} ${followLinks} ${path}`;
    if (this.#listing?.key === key) return this.#listing.photos;
    if (this.#listing) clearTimeout(this.#listing.forget);
    const others = this.#library.folders.paths().filter((each) => each !== path);
    const photos = listPhotos({ path, followLinks }, [this.#library.path, ...others]);
    const forget = setTimeout(() => (this.#listing = null), listedForMs);
    forget.unref();
    this.#listing = { key, photos, forget };
    photos.catch(() => {
      if (this.#listing?.photos === photos) this.#listing = null;
    });
    return photos;
  }
}

/** Photos that are dragged out of the window as files, where the host can do that; they may be dropped on the page again. */
import { mostDragged, type PhotoDetails } from '../../src-main/contract/index.ts';
import type { Client } from '../client.ts';
import { count, photos as photoCount } from '../wording.ts';
import type { Notices } from './notices.svelte.ts';

export class PhotoDrag {
  /** Since the button went down; the next press ends it. */
  #dragged: readonly number[] = [];
  readonly #client: Client;
  readonly #notices: Notices;

  constructor(client: Client, notices: Notices) {
    this.#client = client;
    this.#notices = notices;
  }

  /**
   * Rejects with a `SemblanceError` where no file is there.
   * @param photoIds the first is the one under the pointer
   */
  async begin(photoIds: readonly number[]): Promise<void> {
    if (photoIds.length > mostDragged) {
      this.#notices.show(`At most ${count(mostDragged)} photos are dragged at a time.`);
      return;
    }
    this.#dragged = photoIds;
    window.addEventListener('pointerdown', () => (this.#dragged = []), { once: true, capture: true });
    const { missing } = await this.#client.call('dragPhotos', { photoIds: [...photoIds] });
    if (missing.length > 0) {
      this.#notices.show(`${photoCount(missing.length)} stayed behind: the file is not there at the moment.`);
    }
  }

  /** The photos that are dragged, if a file that is dropped is one of theirs; none where it comes from elsewhere. */
  async photosOf(path: string): Promise<PhotoDetails[]> {
    if (path === '' || this.#dragged.length === 0) return [];
    const photos = await this.#client.call('photosById', { photoIds: [...this.#dragged] });
    return photos.some((photo) => photo.path === path) ? photos : [];
  }
}

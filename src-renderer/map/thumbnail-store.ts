/** Pictures for the map: those in sight are fetched a few at a time, and the ones seen longest ago are let go. */
import { thumbnailAddress } from '../../src-main/contract/index.ts';

/** About 50 kB each. */
const mostKept = 600;
const atATime = 6;
/** Longer side, in pixels. */
const size = 160;

export class ThumbnailStore {
  readonly #onLoaded: () => void;
  /** Of each photo; null for one that has none. The one used last stands last. */
  readonly #pictures = new Map<number, ImageBitmap | null>();
  readonly #loading = new Set<number>();
  #wanted: readonly number[] = [];

  constructor(onLoaded: () => void) {
    this.#onLoaded = onLoaded;
  }

  /** @returns undefined where it is not there yet, and null where there is none */
  get(photoId: number): ImageBitmap | null | undefined {
    const picture = this.#pictures.get(photoId);
    if (picture !== undefined) {
      this.#pictures.delete(photoId);
      this.#pictures.set(photoId, picture);
    }
    return picture;
  }

  /** Whose pictures are looked for from now on, the most wanted first; what was wanted before is forgotten. */
  want(photoIds: readonly number[]): void {
    this.#wanted = photoIds;
    this.#next();
  }

  #next(): void {
    while (this.#loading.size < atATime) {
      const photoId = this.#wanted.find((id) => !this.#pictures.has(id) && !this.#loading.has(id));
      if (photoId === undefined) return;
      void this.#load(photoId);
    }
  }

  async #load(photoId: number): Promise<void> {
    this.#loading.add(photoId);
    this.#keep(photoId, await fetchPicture(photoId));
    this.#loading.delete(photoId);
    this.#onLoaded();
    this.#next();
  }

  #keep(photoId: number, picture: ImageBitmap | null): void {
    this.#pictures.set(photoId, picture);
    if (this.#pictures.size <= mostKept) return;
    const [[oldest, bitmap]] = this.#pictures;
    bitmap?.close();
    this.#pictures.delete(oldest);
  }
}

/** A photo that is gone, or has no thumbnail, stays a dot. */
async function fetchPicture(photoId: number): Promise<ImageBitmap | null> {
  try {
    const answer = await fetch(thumbnailAddress(photoId));
    if (!answer.ok) return null;
    const whole = await createImageBitmap(await answer.blob());
    const factor = Math.min(1, size / Math.max(whole.width, whole.height));
    const small = await createImageBitmap(whole, {
      resizeWidth: Math.max(1, Math.round(whole.width * factor)),
      resizeHeight: Math.max(1, Math.round(whole.height * factor)),
      resizeQuality: 'medium',
    });
    whole.close();
    return small;
  } catch {
    return null;
  }
}

/** Keeps the cache of feature statistics within its budget. */
import type { Library } from '../library/index.ts';

/** Room is made for so many photos at a time. */
const roomAtOnce = 100;

export class CacheBudget {
  readonly #library: Library;
  /** Bytes that the cache had when last counted, and those that have come since. */
  #bytes: number | null = null;

  constructor(library: Library) {
    this.#library = library;
  }

  /**
   * Whether there is room for so many bytes more. Counted now and then only, since counting takes longer than reading a
   * photo.
   */
  hasRoomFor(bytes: number): boolean {
    const { cacheBudgetBytes } = this.#library.settings.get();
    this.#bytes ??= this.#library.cacheBytes();
    this.#bytes += bytes;
    if (this.#bytes <= cacheBudgetBytes) return true;
    this.#bytes = this.#library.cacheBytes();
    if (this.#bytes + bytes <= cacheBudgetBytes) return true;
    // Pictures that are in no file make room for those that are.
    if (!this.#library.makeRoom(roomAtOnce * bytes)) return false;
    this.#bytes = this.#library.cacheBytes();
    return this.#bytes + bytes <= cacheBudgetBytes;
  }

  /** Makes the cache fit. @param wantedKeys extractions that are the last to go, the first of them last of all */
  trim(wantedKeys: readonly string[]): void {
    this.#library.trimCache(this.#library.settings.get().cacheBudgetBytes, wantedKeys);
    this.#bytes = null;
  }
}

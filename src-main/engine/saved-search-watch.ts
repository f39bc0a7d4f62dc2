/** Counts how many new photos saved searches find, as photos come. */
import type { EngineEvents } from '../contract/index.ts';
import type { StoredSearch } from '../library/index.ts';
import type { Engine } from './engine.ts';
import { queryOf } from './saved-searches.ts';
import { searchLibrary } from './search.ts';

/** So many first results are looked at, in their plain order. */
const depth = 100;
/** Changes within this time are counted once. */
const usualDelayMs = 2000;

export class SavedSearchWatch {
  readonly #engine: Engine;
  readonly #tell: (change: EngineEvents['savedSearchChanged']) => void;
  readonly #delayMs: number;
  readonly #counts = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;
  #counting: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(
    engine: Engine,
    tell: (change: EngineEvents['savedSearchChanged']) => void,
    delayMs = usualDelayMs,
  ) {
    this.#engine = engine;
    this.#tell = tell;
    this.#delayMs = delayMs;
  }

  /** As it was counted last; null before that. */
  newPhotos(id: string): number | null {
    return this.#counts.get(id) ?? null;
  }

  /** Counts again soon. A reader is over before that. */
  renew(): void {
    if (this.#isClosed || this.#engine.options.access === 'read') return;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      // What could not be counted now is counted when photos come again.
      this.#counting = this.#counting.then(() => this.#countAll()).catch(() => undefined);
    }, this.#delayMs).unref();
  }

  /** All that a search finds is known to the person now. */
  looked(id: string): void {
    this.#set(id, 0);
  }

  forget(id: string): void {
    this.#counts.delete(id);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#counting;
  }

  async #countAll(): Promise<void> {
    const { library } = this.#engine;
    for (const search of library.savedSearches.list()) {
      if (this.#isClosed) return;
      const count = await this.#count(search).catch(() => null);
      // Looked at or removed meanwhile.
      const now = library.savedSearches.list().find(({ id }) => id === search.id);
      if (count !== null && now?.seenAtMs === search.seenAtMs) this.#set(search.id, count);
    }
  }

  /** Searches only where any photo came since. */
  async #count(search: StoredSearch): Promise<number> {
    const { library } = this.#engine;
    const { seenAtMs } = search;
    if (!library.photos.anyAddedAfter(seenAtMs)) return 0;
    const { query } = queryOf(this.#engine, search);
    const { results } = await searchLibrary(this.#engine, { ...query, top: depth });
    return results.filter(({ photo }) => photo.addedAtMs > seenAtMs).length;
  }

  #set(id: string, newPhotos: number): void {
    const before = this.#counts.get(id) ?? 0;
    this.#counts.set(id, newPhotos);
    if (before !== newPhotos) this.#tell({ id, newPhotos });
  }
}

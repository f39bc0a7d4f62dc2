/** The photos of the library that are selected. */
import type { ChosenPhotos, PhotoFilter } from '../../src-main/contract/index.ts';
import {
  nothingSelected,
  type Selected,
  selectOnly,
  selectTo,
  stillThere,
  toggle,
} from '../library/selecting.ts';

/** What is selected from. */
interface Photos {
  readonly ids: Uint32Array;
  readonly filter: PhotoFilter;
  /** Whether photos that meet another filter are on their way. */
  readonly busy: boolean;
  current: number;
}

export class PhotoSelection {
  #selected = $state.raw<Selected>(nothingSelected);
  readonly #photos: () => Photos;

  constructor(photos: () => Photos) {
    this.#photos = photos;
  }

  get size(): number {
    return this.#selected.ids.size;
  }

  has(id: number): boolean {
    return this.#selected.ids.has(id);
  }

  /** Ids of the selected photos, in the order in which they lie; the one in focus where none is selected. */
  get ids(): number[] {
    const { ids, current } = this.#photos();
    if (this.size === 0) return Array.from(ids.subarray(current, current + 1));
    return Array.from(ids.filter((id) => this.has(id)));
  }

  /** How many photos an action is about. */
  get count(): number {
    return this.size === 0 ? Math.min(1, this.#photos().ids.length) : this.size;
  }

  /** The same photos for a decision: by their filter where all are selected, which no list is too long for. */
  get chosen(): ChosenPhotos {
    const { ids, filter } = this.#photos();
    return this.size > 1 && this.size === ids.length ? { filter } : { photoIds: this.ids };
  }

  only(place: number): void {
    this.#moveTo(place);
    this.#selected = selectOnly(this.#photos().ids[place]);
  }

  toggle(place: number): void {
    this.#moveTo(place);
    this.#selected = toggle(this.#selected, this.#photos().ids[place]);
  }

  /** @param keep whether what is selected stays so */
  extendTo(place: number, keep = false): void {
    const { ids, current } = this.#photos();
    this.#selected = selectTo(this.#selected, ids, current, place, keep);
    this.#moveTo(place);
  }

  /** Nothing while other photos are on their way: they would be meant by the filter, and not those that are seen. */
  all(): void {
    const { ids, busy } = this.#photos();
    if (!busy) this.#selected = { ids: new Set(ids), anchor: null };
  }

  clear(): void {
    this.#selected = nothingSelected;
  }

  keepThose(ids: Uint32Array): void {
    this.#selected = stillThere(this.#selected, ids);
  }

  #moveTo(place: number): void {
    this.#photos().current = place;
  }
}

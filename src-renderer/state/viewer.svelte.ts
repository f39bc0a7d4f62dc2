/** A photo that is looked at in full, and those before and after it. */
import type { PhotoDetails } from '../../src-main/contract/index.ts';

/** Photos in an order, known as they are needed. */
export interface PhotoSequence {
  readonly count: number;
  /** The one that has the focus where they are listed; it follows what is looked at. */
  current: number;
  at(place: number): PhotoDetails | undefined;
  need(first: number, last: number): void;
}

export class Viewer {
  showsFacts = $state(false);
  /** Whether a photo was looked at before, so that whoever opened it takes the focus back. */
  wasOpen = false;
  #sequence = $state.raw<PhotoSequence | null>(null);

  get isOpen(): boolean {
    return this.#sequence !== null;
  }

  /** undefined while it is not known yet. */
  get photo(): PhotoDetails | undefined {
    return this.#sequence?.at(this.#sequence.current);
  }

  get place(): number {
    return this.#sequence?.current ?? 0;
  }

  get count(): number {
    return this.#sequence?.count ?? 0;
  }

  open(sequence: PhotoSequence, place: number): void {
    sequence.current = place;
    this.#sequence = sequence;
    this.wasOpen = true;
  }

  /** Makes sure that the photo and its neighbours are known or on their way. */
  need(): void {
    this.#sequence?.need(Math.max(0, this.place - 1), this.place + 1);
  }

  go(by: number): void {
    const sequence = this.#sequence;
    if (sequence) sequence.current = Math.min(sequence.count - 1, Math.max(0, sequence.current + by));
  }

  /** Other photos of the sequence, for loading them ahead. */
  beside(by: number): PhotoDetails | undefined {
    return this.#sequence?.at(this.place + by);
  }

  close(): void {
    this.#sequence = null;
  }
}

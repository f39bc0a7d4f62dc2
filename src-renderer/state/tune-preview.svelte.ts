/** Sample photos, and what a draft would find for them, answered anew after each change. */
import {
  type PhotoSummary,
  type Recipe,
  SemblanceError,
  type TunePreview,
} from '../../src-main/contract/index.ts';
import type { Client } from '../client.ts';
import { Latest } from '../latest.ts';

/** What the engine compares at once, and what one sees without scrolling for long. */
export const mostSamples = 12;
const usualSamples = 6;
/** Results of each sample: as many as stand side by side. */
const top = 8;
/** Pause after the last change before the engine is asked. */
const waitMs = 150;
/** Moves on to photos that were not shown lately; the golden ratio takes longest to come round again. */
const stride = (Math.sqrt(5) - 1) / 2;

export class PreviewState {
  samples = $state.raw<PhotoSummary[]>([]);
  /** The latest answer; what is shown while another one is awaited. */
  answer = $state.raw<TunePreview | null>(null);
  /** Why the draft cannot be previewed. */
  error = $state.raw<SemblanceError | null>(null);
  busy = $state(false);
  readonly #client: Client;
  readonly #draft: () => Recipe | null;
  readonly #latest: Latest<TunePreview | null>;
  /** Whether an even sample was taken; photos may have been added before it. */
  #isSampled = false;
  /** Whether the samples were chosen anew because one of them had gone. */
  #isResampled = false;
  /** Where the even sample begins, 0 … 1 of the way from one sample to the next. */
  #phase = 0;

  constructor(client: Client, draft: () => Recipe | null) {
    this.#client = client;
    this.#draft = draft;
    this.#latest = new Latest({
      waitMs,
      ask: () => this.#ask(),
      onAnswer: (answer) => this.#show(answer),
      onError: (error) => this.#fail(error),
      onBusy: (busy) => (this.busy = busy),
    });
  }

  /** The draft has changed. */
  refresh(): void {
    this.#latest.want();
  }

  /** Asks at once, with samples if there are none yet. */
  async open(): Promise<void> {
    if (!this.#isSampled) {
      const added = this.samples;
      await this.#sample(usualSamples);
      for (const photo of added.toReversed()) this.#put(photo);
    }
    this.#latest.want(0);
  }

  /** Other photos in place of the present ones. */
  async others(): Promise<void> {
    this.#phase = (this.#phase + stride) % 1;
    await this.#sample(Math.max(usualSamples, this.samples.length));
    this.#latest.want(0);
  }

  /** Puts a photo first; the last one goes when there are too many. */
  add(photo: PhotoSummary): void {
    this.#put(photo);
    this.#latest.want(0);
  }

  remove(photoId: number): void {
    this.samples = this.samples.filter(({ id }) => id !== photoId);
    this.#latest.want(0);
  }

  #put(photo: PhotoSummary): void {
    const others = this.samples.filter(({ id }) => id !== photo.id);
    this.samples = [photo, ...others].slice(0, mostSamples);
  }

  async #sample(wanted: number): Promise<void> {
    const at = async (offset: number) => this.#client.call('photos', { offset, limit: 1, order: 'path' });
    const { total } = await at(0);
    const count = Math.min(wanted, total);
    const offsets = Array.from({ length: count }, (_, i) => Math.floor(((i + this.#phase) * total) / count));
    const pages = await Promise.all(offsets.map(at));
    this.samples = pages.flatMap(({ photos }) => photos);
    this.#isSampled = this.samples.length > 0;
  }

  async #ask(): Promise<TunePreview | null> {
    const recipe = this.#draft();
    if (!recipe) return null;
    return this.#client.call('tunePreview', { recipe, photoIds: this.samples.map(({ id }) => id), top });
  }

  #show(answer: TunePreview | null): void {
    this.answer = answer;
    this.error = null;
    this.#isResampled = false;
    // Those that are not indexed are left out, and a photo that is there twice stands for both.
    if (answer) this.samples = answer.queries.map(({ photo }) => photo);
  }

  #fail(error: unknown): void {
    const known = error instanceof SemblanceError ? error : new SemblanceError('internal', String(error));
    // The banner tells of an engine that is away, and all is asked again when it is back.
    if (known.code === 'engine-lost') return;
    if (known.code === 'not-found' && !this.#isResampled) {
      this.#isResampled = true;
      this.samples = [];
      this.#isSampled = false;
      void this.open().catch((failure: unknown) => this.#fail(failure));
      return;
    }
    this.error = known;
  }
}

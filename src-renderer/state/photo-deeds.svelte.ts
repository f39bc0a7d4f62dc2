/** What a person does to photos: tags, ratings and the bin, each with a way back. */
import type {
  BinOutcome,
  ChosenPhotos,
  DecisionOutcome,
  PhotoDetails,
} from '../../src-main/contract/index.ts';
import type { Client } from '../client.ts';
import { photos as photoCount } from '../wording.ts';
import type { Notices } from './notices.svelte.ts';

/** As many can go at a time. */
export const mostBinned = 1000;

export class PhotoDeeds {
  /** The photos whose tags are asked for; null while nobody asks. */
  tagging = $state.raw<ChosenPhotos | null>(null);
  /** The photos that may go to the bin, while the person is asked. */
  binning = $state.raw<PhotoDetails[] | null>(null);
  readonly #client: Client;
  readonly #notices: Notices;

  constructor(client: Client, notices: Notices) {
    this.#client = client;
    this.#notices = notices;
  }

  /** Rejects with a `SemblanceError`, as all of these do. */
  async rate(photos: ChosenPhotos, rating: number): Promise<void> {
    this.#tell(await this.#client.call('rate', { photos, rating }));
  }

  async changeTags(photos: ChosenPhotos, add: string[], remove: string[]): Promise<void> {
    this.#tell(await this.#client.call('changeTags', { photos, add, remove }));
  }

  async undo(): Promise<void> {
    const { description } = await this.#client.call('undoDecision', {});
    this.#notices.show(`Taken back: ${description}`, {
      action: { title: 'Redo', run: () => this.#attempt(() => this.redo()) },
    });
  }

  async redo(): Promise<void> {
    const { description } = await this.#client.call('redoDecision', {});
    this.#notices.show(`Done again: ${description}`, { action: this.#undoing });
  }

  async askToBin(photoIds: number[]): Promise<void> {
    this.binning = await this.#client.call('photosById', { photoIds });
  }

  /** The engine looks at each file before it goes. */
  async bin(shown: readonly PhotoDetails[]): Promise<void> {
    const { binned, failed } = await this.#client.call('binPhotos', {
      photos: shown.map(({ id: photoId, path }) => ({ photoId, path })),
      allOfGroup: true,
    });
    for (const { path, message } of failed) this.#notices.show(`${path}: ${message}`, { isError: true });
    if (binned.length > 0) this.#tellBinned(binned);
  }

  async #restore(binned: BinOutcome['binned']): Promise<void> {
    const { restored, failed } = await this.#client.call('restoreBinned', {
      binnedIds: binned.map(({ id }) => id),
    });
    for (const { path, message } of failed) this.#notices.show(`${path}: ${message}`, { isError: true });
    if (restored.length > 0) this.#notices.show(`${photoCount(restored.length)} brought back from the bin`);
  }

  #tell({ decision }: DecisionOutcome): void {
    if (decision) this.#notices.show(decision.description, { action: this.#undoing });
    else this.#notices.show('Nothing had to be changed.');
  }

  #tellBinned(binned: BinOutcome['binned']): void {
    const words = `${photoCount(binned.length)} moved to the bin`;
    const restorable = binned.filter(({ canRestore }) => canRestore);
    if (restorable.length === 0) this.#notices.show(words);
    else {
      const run = (): void => this.#attempt(() => this.#restore(restorable));
      this.#notices.show(words, { action: { title: 'Undo', run } });
    }
  }

  get #undoing(): { title: string; run: () => void } {
    return { title: 'Undo', run: () => this.#attempt(() => this.undo()) };
  }

  #attempt(deed: () => Promise<void>): void {
    deed().catch((error: unknown) => this.#notices.error(error));
  }
}

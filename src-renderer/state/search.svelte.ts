/** Searching by example, and the trail of what was searched with. */
import {
  type Example,
  type Explanation,
  maxPhotoBytes,
  messageOf,
  type SearchAnswer,
  SemblanceError,
  thumbnailAddress,
} from '../../src-main/contract/index.ts';
import type { Client } from '../client.ts';
import { Trail } from './trail.ts';

/** What is searched with: a photo of the library, or any image file. */
export interface Query {
  name: string;
  /** Address of a picture of it. */
  picture: string;
  source: { photoIds: readonly number[] } | { file: Blob };
}

/** Results that are asked for at first, and each time that more are wanted. */
const step = 100;
const most = 1000;
const longestTrail = 50;

export class Search {
  query = $state.raw<Query | null>(null);
  answer = $state.raw<SearchAnswer | null>(null);
  error = $state<string | null>(null);
  busy = $state(false);
  canGoBack = $state(false);
  canGoForward = $state(false);
  #top = $state(step);
  readonly #client: Client;
  readonly #trail = new Trail<Query>(longestTrail, ({ source, picture }) => {
    if ('file' in source) URL.revokeObjectURL(picture);
  });
  /** Grows with each question, so that only the latest one's answer is shown. */
  #question = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  get hasMore(): boolean {
    return this.answer !== null && this.answer.results.length === this.#top && this.#top < most;
  }

  withPhoto(photo: { id: number; name: string }): Promise<void> {
    return this.withPhotos([photo]);
  }

  /** Searches with several photos at once: their mean is what is looked for. */
  async withPhotos(photos: readonly { id: number; name: string }[]): Promise<void> {
    const [first, ...others] = photos;
    await this.#begin({
      name: others.length === 0 ? first.name : `${first.name} and ${others.length} more`,
      picture: thumbnailAddress(first.id),
      source: { photoIds: photos.map(({ id }) => id) },
    });
  }

  withFile(file: File): Promise<void> {
    // What is pasted has no name, or one that says nothing.
    const name = file.name === '' || file.name === 'image.png' ? 'Pasted picture' : file.name;
    return this.#begin({ name, picture: URL.createObjectURL(file), source: { file } });
  }

  back(): Promise<void> {
    return this.#ask(this.#trail.back(), step);
  }

  forward(): Promise<void> {
    return this.#ask(this.#trail.forward(), step);
  }

  /** Asks the same again, e.g. when the engine is back. */
  again(): Promise<void> {
    return this.#ask(this.query, this.#top);
  }

  more(): Promise<void> {
    return this.#ask(this.query, Math.min(most, this.#top + step));
  }

  /** Why a photo is as similar to the query as it is. Rejects with a `SemblanceError`. */
  async explain(photoId: number): Promise<Explanation> {
    const examples = this.query ? await examplesOf(this.query) : [];
    return this.#client.call('explain', { examples, photoId });
  }

  #begin(query: Query): Promise<void> {
    this.#trail.push(query);
    return this.#ask(query, step);
  }

  async #ask(query: Query | null, top: number): Promise<void> {
    if (!query) return;
    const question = ++this.#question;
    if (query !== this.query) this.answer = null;
    Object.assign(this, {
      query,
      busy: true,
      error: null,
      canGoBack: this.#trail.canGoBack,
      canGoForward: this.#trail.canGoForward,
    });
    this.#top = top;
    try {
      const answer = await this.#client.call('search', { examples: await examplesOf(query), top });
      if (question === this.#question) this.answer = answer;
    } catch (error) {
      if (question !== this.#question) return;
      this.answer = null;
      this.error = messageOf(error);
    } finally {
      if (question === this.#question) this.busy = false;
    }
  }
}

/** What is searched with, each by its name and picture. */
export function picturesOf({ name, picture, source }: Query): { name: string; picture: string }[] {
  if ('file' in source || source.photoIds.length === 1) return [{ name, picture }];
  return source.photoIds.map((id, i) => ({ name: `Example ${i + 1}`, picture: thumbnailAddress(id) }));
}

async function examplesOf({ name, source }: Query): Promise<Example[]> {
  if ('photoIds' in source) return source.photoIds.map((photoId) => ({ kind: 'photo', photoId }));
  const { file } = source;
  if (file.size === 0) throw new SemblanceError('empty-file', `${name} is empty. Choose another photo.`);
  if (file.size > maxPhotoBytes) {
    throw new SemblanceError('too-large', `${name} has more than 256 MiB. Choose a smaller copy of it.`);
  }
  try {
    return [{ kind: 'bytes', name, bytes: new Uint8Array(await file.arrayBuffer()) }];
  } catch {
    throw new SemblanceError('unreadable', `${name} could not be read. It may have moved; choose it again.`);
  }
}

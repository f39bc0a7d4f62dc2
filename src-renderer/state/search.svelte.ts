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
  source: { photoId: number } | { file: Blob };
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
    return this.#begin({
      name: photo.name,
      picture: thumbnailAddress(photo.id),
      source: { photoId: photo.id },
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
    const examples = this.query ? [await exampleOf(this.query)] : [];
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
      const answer = await this.#client.call('search', { examples: [await exampleOf(query)], top });
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

async function exampleOf({ name, source }: Query): Promise<Example> {
  if ('photoId' in source) return { kind: 'photo', photoId: source.photoId };
  const { file } = source;
  if (file.size === 0) throw new SemblanceError('empty-file', `${name} is empty. Choose another photo.`);
  if (file.size > maxPhotoBytes) {
    throw new SemblanceError('too-large', `${name} has more than 256 MiB. Choose a smaller copy of it.`);
  }
  try {
    return { kind: 'bytes', name, bytes: new Uint8Array(await file.arrayBuffer()) };
  } catch {
    throw new SemblanceError('unreadable', `${name} could not be read. It may have moved; choose it again.`);
  }
}

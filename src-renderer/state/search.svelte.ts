/** Searches, and the trail of those before. */
import type { Example, SearchAnswer } from '../../src-main/contract/index.ts';
import { thumbnailAddress } from '../../src-main/contract/index.ts';
import type { Client } from '../client.ts';

export interface Query {
  name: string;
  /** Address of a picture of it. */
  picture: string;
  example: Example;
}

const results = 100;

export class Search {
  query = $state.raw<Query | null>(null);
  answer = $state.raw<SearchAnswer | null>(null);
  error = $state<string | null>(null);
  busy = $state(false);
  trail = $state.raw<Query[]>([]);
  readonly #client: Client;
  #latest = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  async withPhoto(photo: { id: number; name: string }): Promise<void> {
    const example = { kind: 'photo' as const, photoId: photo.id };
    await this.#begin({ name: photo.name, picture: thumbnailAddress(photo.id), example });
  }

  async withFile(file: File): Promise<void> {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const name = file.name || 'pasted picture';
    await this.#begin({ name, picture: URL.createObjectURL(file), example: { kind: 'bytes', name, bytes } });
  }

  /** Goes back to the query before. */
  async back(): Promise<void> {
    const before = this.trail.at(-1);
    if (!before) return;
    this.trail = this.trail.slice(0, -1);
    await this.#run(before);
  }

  /** Runs the query again, as after the engine came back or the library grew. */
  async again(): Promise<void> {
    if (this.query) await this.#run(this.query);
  }

  async #begin(query: Query): Promise<void> {
    if (this.query) this.trail = [...this.trail.slice(-49), this.query];
    await this.#run(query);
  }

  async #run(query: Query): Promise<void> {
    const round = ++this.#latest;
    this.query = query;
    this.busy = true;
    this.error = null;
    try {
      const answer = await this.#client.call('search', { examples: [query.example], top: results });
      if (round === this.#latest) this.answer = answer;
    } catch (error) {
      if (round !== this.#latest) return;
      this.answer = null;
      this.error = error instanceof Error ? error.message : String(error);
    } finally {
      if (round === this.#latest) this.busy = false;
    }
  }
}
